"""Any process, or everything at once, may die in the middle of a report: the report completes, and once."""

import asyncio
import hashlib
import io
import itertools
import signal
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import httpx2
import pytest

from tests.e2e.reports import ask, ending, follow, result, status
from tests.llm_simulator import Behaviour, Fault, SimulatorClient
from tests.running_stack import RunningStack
from tests.stack_folder import stack_folder

SERVICES = [
    ("gateway", "gateway"),
    ("orchestrator", "intake"),
    ("orchestrator", "workflows"),
    ("orchestrator", "metadata"),
    ("pdf_worker", "worker"),
    ("notifier", "announcer"),
    ("notifier", "dispatcher"),
]
SERVERS = ["nats-server", "temporal", "postgres"]


@pytest.fixture(scope="module")
def faulty_stack(simulator_origin: str) -> Iterator[RunningStack]:
    """A stack of its own, so that what is killed here troubles no other test."""
    with stack_folder() as folder:
        running = RunningStack(folder / "data", f"{simulator_origin}/v1")
        running.start()
        print(running.story())  # noqa: T201 - shown with a failing test
        yield running
        running.stop()


async def ready(stack: RunningStack) -> None:
    """Return when the whole stack can take a report again."""
    async with httpx2.AsyncClient(base_url=stack.gateway_url, trust_env=False) as http:
        while True:
            try:
                if (await http.get("/health/ready")).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.1)


async def writing(http: httpx2.AsyncClient, simulator: SimulatorClient, prompt: str) -> str:
    """Ask for a report and return when the model is in the middle of it."""
    await simulator.script(Behaviour(fault=Fault.STALL, after_chunks=3, gate=prompt), prompt_contains=prompt)
    workflow_id = await ask(http, prompt)
    async for message in follow(http, workflow_id):
        if message.data.get("text"):
            return workflow_id
    raise AssertionError("the report ended before it was written")


async def completes_once(stack: RunningStack, workflow_id: str) -> None:
    """The report completes, and the PDF is the one that its row names."""
    await ready(stack)
    async with httpx2.AsyncClient(base_url=stack.gateway_url, timeout=30, trust_env=False) as http:
        while (await status(http, workflow_id))["status"] != "COMPLETED":
            assert (await ending(http, workflow_id)).event == "completed"
        report = await result(http, workflow_id)
        pdf = await http.get(report["pdf_url"])
        assert hashlib.sha256(pdf.content).hexdigest() == report["sha256"]


@pytest.mark.parametrize(("package", "role"), SERVICES, ids=lambda name: name)
async def test_a_service_killed_while_the_model_writes_costs_nothing(
    faulty_stack: RunningStack, simulator: SimulatorClient, package: str, role: str
) -> None:
    prompt = f"A report during which {package} {role} is killed"
    await ready(faulty_stack)
    async with httpx2.AsyncClient(base_url=faulty_stack.gateway_url, timeout=30, trust_env=False) as http:
        workflow_id = await writing(http, simulator, prompt)
    (victim,) = faulty_stack.processes(package, role)
    victim.send_signal(signal.SIGKILL)
    await simulator.release(gate=prompt)
    await completes_once(faulty_stack, workflow_id)
    assert await simulator.calls(prompt) == 1


async def test_an_llm_worker_killed_while_it_writes_starts_that_call_again(
    faulty_stack: RunningStack, simulator: SimulatorClient
) -> None:
    prompt = "A report during which the model's worker is killed"
    await ready(faulty_stack)
    async with httpx2.AsyncClient(base_url=faulty_stack.gateway_url, timeout=30, trust_env=False) as http:
        workflow_id = await writing(http, simulator, prompt)
    (victim,) = faulty_stack.processes("llm_worker", "worker")
    victim.send_signal(signal.SIGKILL)
    await completes_once(faulty_stack, workflow_id)
    # Chat Completions cannot be taken up again: this one call is made twice, and no other.
    assert await simulator.calls(prompt) == 2


@pytest.mark.parametrize("server", SERVERS)
async def test_a_server_killed_while_the_model_writes_only_delays(
    faulty_stack: RunningStack, simulator: SimulatorClient, server: str
) -> None:
    prompt = f"A report during which {server} is killed"
    await ready(faulty_stack)
    async with httpx2.AsyncClient(base_url=faulty_stack.gateway_url, timeout=30, trust_env=False) as http:
        workflow_id = await writing(http, simulator, prompt)
    faulty_stack.server(server).send_signal(signal.SIGKILL)
    await simulator.release(gate=prompt)
    await completes_once(faulty_stack, workflow_id)


async def test_a_stack_killed_as_a_whole_resumes_its_report(
    simulator_origin: str, simulator: SimulatorClient, folder: Path
) -> None:
    stack = RunningStack(folder / "data", f"{simulator_origin}/v1")
    stack.start()
    prompt = "A report during which everything is killed"
    async with httpx2.AsyncClient(base_url=stack.gateway_url, timeout=30, trust_env=False) as http:
        workflow_id = await writing(http, simulator, prompt)
    family = stack.family()
    stack.kill()
    for process in family:
        process.wait(10)
    try:
        stack.start()
        await completes_once(stack, workflow_id)
    finally:
        stack.stop()


async def test_a_batch_outlives_every_process_that_works_on_it(
    faulty_stack: RunningStack, simulator: SimulatorClient
) -> None:
    """Between the rows' storing and the archive: no row is lost, and none is written twice."""
    prompts = [f"Batch under fire, row {number}" for number in range(1, 13)]
    await simulator.always(Behaviour(chunk_delay=0.05), prompt_contains="Batch under fire")
    await ready(faulty_stack)
    async with httpx2.AsyncClient(base_url=faulty_stack.gateway_url, timeout=30, trust_env=False) as http:
        accepted = (await http.post("/api/batches", json={"prompts": prompts})).json()
        working = [faulty_stack.processes(package, role) for package, role in SERVICES[1:4]]
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
