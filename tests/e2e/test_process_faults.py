"""What dies while a batch is worked on; `tests/chaos` strikes single reports, at every moment of theirs."""

import asyncio
import io
import itertools
import signal
from zipfile import ZipFile

import httpx2

from tests.llm_simulator import Behaviour, SimulatorClient
from tests.running_stack import RunningStack

ROLES = ("intake", "workflows", "metadata")


async def test_a_batch_outlives_every_process_that_works_on_it(
    faulty_stack: RunningStack, simulator: SimulatorClient
) -> None:
    """Between the rows' storing and the archive: no row is lost, and none is written twice."""
    prompts = [f"Batch under fire, row {number}" for number in range(1, 13)]
    await simulator.always(Behaviour(chunk_delay=0.05), prompt_contains="Batch under fire")
    async with httpx2.AsyncClient(base_url=faulty_stack.gateway_url, timeout=30, trust_env=False) as http:
        accepted = (await http.post("/api/batches", json={"prompts": prompts})).json()
        working = [faulty_stack.processes("orchestrator", role) for role in ROLES]
        for process in itertools.chain(*working):
            process.send_signal(signal.SIGKILL)
        batch = await http.get(accepted["batch_url"])
        while batch.json()["status"] != "COMPLETED":
            await asyncio.sleep(0.2)
            batch = await http.get(accepted["batch_url"])
        archive = await http.get(accepted["archive_url"])
    assert batch.json()["counts"]["COMPLETED"] == len(prompts)
    assert [row["workflow_id"] for row in batch.json()["rows"]] == accepted["workflow_ids"]
    with ZipFile(io.BytesIO(archive.content)) as zipped:
        assert sum(name.endswith(".pdf") for name in zipped.namelist()) == len(prompts)
    assert [await simulator.calls(prompt) for prompt in prompts[9:]] == [1, 1, 1]
