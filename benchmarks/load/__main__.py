"""`make load`: RATE requests a second for SECONDS, the model played by a simulator that answers at once."""

import asyncio
import statistics
import tempfile
from collections import Counter
from pathlib import Path

import httpx2

from benchmarks.load.arrivals import Arrival, arrive
from benchmarks.load.dashboard_figures import observed, print_figures
from benchmarks.load.endings import Endings, endings
from benchmarks.load.footprint import Footprint, footprint
from benchmarks.load.settings import LoadSettings
from tests.llm_simulator import LlmSimulator
from tests.running_stack import RunningStack

WARM_UP_REQUESTS = 10
IDLE_SECONDS = 10.0
PATIENCE_SECONDS = 60.0


async def main() -> None:
    """Start a stack, load it, and print what was seen."""
    settings = LoadSettings.from_environment()
    async with LlmSimulator() as simulator:
        with tempfile.TemporaryDirectory() as folder:
            stack = RunningStack(Path(folder) / "data", simulator.base_url, scale=settings.scale)
            await asyncio.to_thread(stack.start)
            try:
                await load(stack, settings)
            finally:
                await asyncio.to_thread(stack.stop)


async def load(stack: RunningStack, settings: LoadSettings) -> None:
    """Warm up, measure the idle stack, then the loaded one."""
    limits = httpx2.Limits(max_connections=200)
    async with (
        endings(stack.nats_url) as ended,
        httpx2.AsyncClient(
            base_url=stack.gateway_url, trust_env=False, limits=limits, timeout=PATIENCE_SECONDS
        ) as http,
    ):
        await until_ended(ended, await arrive(http, rate=5, requests=WARM_UP_REQUESTS))
        idle_from = footprint(stack.children())
        await asyncio.sleep(IDLE_SECONDS)
        before, seen_before = footprint(stack.children()), await observed(stack.children())
        print(f"Sending {settings.requests} requests, {settings.rate:g} a second", flush=True)
        arrivals = await arrive(http, rate=settings.rate, requests=settings.requests)
        missing = await until_ended(ended, arrivals)
        after = footprint(stack.children())
        print_reports(arrivals, ended, missing)
        taken = (max(ended.at.values()) - arrivals[0].sent_at) if ended.at else 0.0
        print_figures(seen_before, await observed(stack.children()))
        print_processes(idle_from, before, after, reports=len(arrivals), seconds=taken)


async def until_ended(ended: Endings, arrivals: list[Arrival]) -> set[str]:
    """Wait for the reports that were accepted; give those that never ended."""
    accepted = [arrival.workflow_id for arrival in arrivals if arrival.workflow_id]
    return await ended.all_of(accepted, patience=PATIENCE_SECONDS)


def print_reports(arrivals: list[Arrival], ended: Endings, missing: set[str]) -> None:
    """Say what became of the requests, and how long they took."""
    accepted = {arrival.workflow_id: arrival for arrival in arrivals if arrival.workflow_id}
    how = Counter(ended.how[workflow_id].removeprefix("report.") for workflow_id in accepted.keys() - missing)
    outcomes = ", ".join(f"{count} {name}" for name, count in how.most_common())
    print(f"{len(arrivals)} sent, {len(accepted)} accepted, {outcomes}, {len(missing)} not ended")
    took = [ended.at[name] - arrival.sent_at for name, arrival in accepted.items() if name in ended.at]
    print(f"\n{'seconds':24}{'p50':>8}{'p95':>8}{'p99':>8}{'worst':>8}")
    print(quantiles("POST to 202", [arrival.accepted_seconds for arrival in arrivals]))
    print(quantiles("POST to the end", took))


def quantiles(name: str, seconds: list[float]) -> str:
    """One line of the table."""
    if len(seconds) < 2:
        return f"{name:24}{'too few':>8}"
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return f"{name:24}" + "".join(f"{value:8.3f}" for value in (cuts[49], cuts[94], cuts[98], max(seconds)))


def print_processes(
    idle_from: Footprint, before: Footprint, after: Footprint, *, reports: int, seconds: float
) -> None:
    """Say what each process used: the processor time of a report is what the load added to idling."""
    print(f"\n{'process':28}{'number':>7}{'idle CPU':>10}{'CPU/report':>12}{'memory':>10}")
    for name in sorted(after.processes, key=lambda each: -after.cpu_seconds[each]):
        idle = (before.cpu_seconds[name] - idle_from.cpu_seconds[name]) / IDLE_SECONDS
        added = after.cpu_seconds[name] - before.cpu_seconds[name] - idle * seconds
        each = max(0.0, added) / reports * 1000
        number = after.processes[name]
        print(
            f"{name:28}{number:7}{idle * 100:9.1f}%{each:9.1f} ms{after.memory_mib[name] / number:6.0f} MiB"
        )


if __name__ == "__main__":
    asyncio.run(main())
