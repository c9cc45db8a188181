"""What a report costs beside what Temporal itself costs, measured side by side in one run.

The model answers at once (a simulator), so that what is left is the system: from POST to `report.completed`
on the bus, against a bare workflow of four empty activities on four queues, its five workers in processes of
their own like ours. The two alternate, so that both see the same machine.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import httpx2
import nats
from nats.aio.subscription import Subscription
from temporalio.client import Client

from benchmarks.bare_temporal import QUEUES, WORKFLOW_QUEUE, FourActivities
from contracts import subjects
from contracts.events import EventType
from tests.llm_simulator import LlmSimulator
from tests.running_stack import RunningStack

WARM_UP_RUNS = 5
RUNS = 40
GOAL = 2.0


@contextmanager
def running_stack(model_url: str) -> Iterator[RunningStack]:
    """Run the whole system in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        stack = RunningStack(Path(folder) / "data", model_url)
        stack.start()
        try:
            yield stack
        finally:
            stack.stop()


@asynccontextmanager
async def bare_workers(address: str) -> AsyncIterator[None]:
    """Run one process a queue."""
    module = "benchmarks.bare_temporal"
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, address, queue, stdout=asyncio.subprocess.PIPE
        )
        for queue in (WORKFLOW_QUEUE, *QUEUES)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            await process.stdout.readline()
        yield
    finally:
        for process in processes:
            process.kill()
            await process.wait()


async def time_report(http: httpx2.AsyncClient, completed: Subscription, number: int) -> float:
    """Seconds from the POST to the completion event of that report."""
    started = time.perf_counter()
    answer = await http.post(
        "/api/workflows/generate-report", json={"prompt": f"What causes tides? (run {number})"}
    )
    workflow_id = answer.raise_for_status().json()["workflow_id"]
    while True:
        event = json.loads((await completed.next_msg(timeout=30)).data)
        if event["data"]["workflow_id"] == workflow_id:
            return time.perf_counter() - started


async def time_bare(temporal: Client, number: int) -> float:
    """Seconds from the start call to the result of the bare workflow."""
    started = time.perf_counter()
    await temporal.execute_workflow(FourActivities.run, id=f"bare-{number}", task_queue=WORKFLOW_QUEUE)
    return time.perf_counter() - started


async def measure(stack: RunningStack) -> tuple[list[float], list[float]]:
    """Time reports and bare workflows in turn, in seconds, after a warm-up."""
    async with AsyncExitStack() as resources:
        temporal = await Client.connect(stack.temporal_address)
        await resources.enter_async_context(bare_workers(stack.temporal_address))
        http = await resources.enter_async_context(
            httpx2.AsyncClient(base_url=stack.gateway_url, trust_env=False)
        )
        bus = await nats.connect(stack.nats_url)
        resources.push_async_callback(bus.close)
        completed = await bus.subscribe(subjects.event(EventType.COMPLETED).name)
        reports, bare = [], []
        for number in range(WARM_UP_RUNS + RUNS):
            bare.append(await time_bare(temporal, number))
            reports.append(await time_report(http, completed, number))
        return reports[WARM_UP_RUNS:], bare[WARM_UP_RUNS:]


def row(name: str, seconds: list[float]) -> str:
    """One line of the table, in milliseconds."""
    cuts = statistics.quantiles(seconds, n=20)
    return f"{name:32} {statistics.median(seconds) * 1000:8.0f} {cuts[-1] * 1000:8.0f}"


async def main() -> None:
    """Measure and print."""
    async with LlmSimulator() as simulator:
        with running_stack(simulator.base_url) as stack:
            reports, bare = await measure(stack)
    print(f"{'':32} {'p50 ms':>8} {'p95 ms':>8}   ({RUNS} runs each, alternating)")
    print(row("four bare activities", bare))
    print(row("POST to report.completed", reports))
    ratio = statistics.median(reports) / statistics.median(bare)
    verdict = "met" if ratio <= GOAL else "missed"
    print(f"ratio of the medians {ratio:.2f} (goal: at most {GOAL}, {verdict})")


if __name__ == "__main__":
    asyncio.run(main())
