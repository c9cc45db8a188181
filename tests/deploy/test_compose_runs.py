"""What docker-compose.yml starts makes reports: its commands, variables and files, without containers."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from local_stack.ports import Ports, free_port_offset
from tests.deploy.compose_file import ComposeFile
from tests.deploy.without_containers import WithoutContainers
from tests.e2e.reports import ask, ending
from tests.llm_simulator import SimulatorClient
from tests.stack_folder import stack_folder

KEY = "a-key-of-this-test"


@pytest.fixture
async def proxied(simulator: SimulatorClient) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of everything that the file starts, through its proxy."""
    variables = {
        "OPENAI_API_KEY": "simulated",
        "OPENAI_BASE_URL": simulator.base_url,
        "LLM_MODEL": "simulated-1",
        "BOOTSTRAP_API_KEY": KEY,
    }
    with stack_folder() as folder:
        stack = WithoutContainers(ComposeFile(variables), folder / "data", Ports(free_port_offset()))
        async with (
            stack.running(),
            httpx2.AsyncClient(
                base_url=stack.proxy_url,
                timeout=30,
                trust_env=False,
                headers={"Authorization": f"Bearer {KEY}"},
            ) as client,
        ):
            yield client


async def test_a_report_is_made_through_the_proxy(proxied: httpx2.AsyncClient, tmp_path: Path) -> None:
    """Every process is ready, events arrive live, and the PDF comes out of the S3 store."""
    workflow_id = await ask(proxied, "Which rivers feed the Aral Sea?")
    assert (await ending(proxied, workflow_id)).event == "completed"
    pdf = await proxied.get(f"/api/workflows/{workflow_id}/pdf")
    (tmp_path / "report.pdf").write_bytes(pdf.content)
    assert pdf.content.startswith(b"%PDF-")
    result = (await proxied.get(f"/api/workflows/{workflow_id}/result")).json()
    assert result["model"] == "simulated-1"
    # Figures stay inside.
    assert (await proxied.get("/metrics")).status_code == 404
