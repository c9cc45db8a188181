"""What docker-compose.yml starts makes reports: its commands, variables and files, without containers."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from local_stack.ports import Ports, free_port_offset
from tests.deploy.compose_file import ComposeFile
from tests.deploy.without_containers import WithoutContainers
from tests.e2e.reports import ask, ending, result
from tests.llm_simulator import SimulatorClient
from tests.stack_folder import stack_folder

KEY = "a-key-of-this-test"


@pytest.fixture
async def stack(simulator: SimulatorClient) -> AsyncIterator[WithoutContainers]:
    """Everything that the file starts."""
    variables = {
        "OPENAI_API_KEY": "simulated",
        "OPENAI_BASE_URL": simulator.base_url,
        "LLM_MODEL": "simulated-1",
        "BOOTSTRAP_API_KEY": KEY,
    }
    with stack_folder() as folder:
        stack = WithoutContainers(ComposeFile(variables), folder / "data", Ports(free_port_offset()))
        async with stack.running():
            yield stack


async def test_a_report_is_made_through_the_proxy(stack: WithoutContainers) -> None:
    """Every process is ready, events arrive live, and the PDF comes out of the S3 store."""
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx2.AsyncClient(
        base_url=stack.proxy_url, timeout=30, trust_env=False, headers=headers
    ) as proxied:
        # What Kubernetes asks each process.
        for name, url in stack.processes().items():
            for probe in ("startup", "live", "ready"):
                assert (await proxied.get(f"{url}/health/{probe}")).status_code == 200, (name, probe)
        workflow_id = await ask(proxied, "Which rivers feed the Aral Sea?")
        assert (await ending(proxied, workflow_id)).event == "completed"
        pdf = await proxied.get(f"/api/workflows/{workflow_id}/pdf")
        assert pdf.content.startswith(b"%PDF-")
        assert (await result(proxied, workflow_id))["model"] == "simulated-1"
        # Figures stay inside.
        assert (await proxied.get("/metrics")).status_code == 404
