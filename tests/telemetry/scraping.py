"""What the processes of a running stack say of themselves."""

from dataclasses import dataclass

import httpx2
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from runtime.metrics.definitions import Process
from tests.running_stack import RunningStack


@dataclass(frozen=True)
class Scrape:
    """The metrics of one process."""

    process: Process
    families: dict[str, Metric]
    """By the name that queries use: of a counter, the one with `_total`."""

    def value(self, name: str, **labels: str) -> float:
        """Sum the samples of this name that have these labels."""
        return sum(
            sample.value
            for family in self.families.values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


def address(stack: RunningStack, process: Process) -> str:
    """Where a process of the stack answers."""
    package, role = process.split()
    running = stack.processes(package, role)[0]
    return f"http://127.0.0.1:{running.environ()['HTTP_PORT']}"


async def scrape(stack: RunningStack, process: Process) -> Scrape:
    """Ask a process for its metrics."""
    async with httpx2.AsyncClient(trust_env=False, timeout=15) as client:
        answer = await client.get(f"{address(stack, process)}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].count("charset") == 1
    families = {
        f"{family.name}_total" if family.type == "counter" else family.name: family
        for family in text_string_to_metric_families(answer.text)
    }
    return Scrape(process, families)


async def scrapes(stack: RunningStack) -> list[Scrape]:
    """Ask every process for its metrics."""
    return [await scrape(stack, process) for process in Process]
