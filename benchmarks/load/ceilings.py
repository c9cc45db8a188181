"""What each server takes at most on this machine, asked for what the services ask of it.

Clients and servers share the machine, so these are floors of what a server of its own takes.
"""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import nats
from temporalio.client import Client

from benchmarks.bare_temporal import WORKFLOW_QUEUE, FourActivities
from benchmarks.overhead import bare_workers
from contracts import subjects
from contracts.artifacts import pdf_key
from contracts.events import EventType
from contracts.reports import ReportStatus
from local_stack import LocalStack, StackSettings
from local_stack.catalogue import Server
from local_stack.ports import free_port_offset
from orchestrator.metadata import Metadata
from runtime import database
from runtime.artifacts import ArtifactSettings, ArtifactStore
from runtime.database import DatabaseSettings
from tests.contracts.examples import MESSAGES
from tests.orchestrator.records import a_record

SECONDS = 5.0
IN_FLIGHT = 20
PDF_BYTES = 200_000


async def most_per_second(work: Callable[[int], Awaitable[object]]) -> float:
    """Do `work(number)` with IN_FLIGHT at once for SECONDS, and give how many were done each second."""
    numbers = itertools.count()
    begin = time.perf_counter()
    done = 0

    async def lane() -> None:
        nonlocal done
        while time.perf_counter() - begin < SECONDS:
            await work(next(numbers))
            done += 1

    await asyncio.gather(*(lane() for _ in range(IN_FLIGHT)))
    return done / (time.perf_counter() - begin)


async def bus_ceiling(stack: LocalStack) -> float:
    """Events per second, each confirmed and on disk."""
    connection = await nats.connect(stack.nats_url)
    jetstream = connection.jetstream()
    payload = MESSAGES["event.progress"].model_dump_json().encode()
    subject = subjects.event(EventType.PROGRESS).name
    try:
        return await most_per_second(lambda _: jetstream.publish(subject, payload, timeout=30))
    finally:
        await connection.close()


async def database_ceiling(stack: LocalStack) -> float:
    """Rows of `reports` written per second, each committed."""
    async with database.connect(DatabaseSettings(database_url=stack.database_url)) as pool:
        metadata = Metadata(pool)
        return await most_per_second(lambda _: metadata.store_report_metadata(a_record(ReportStatus.RUNNING)))


async def temporal_ceiling(stack: LocalStack) -> float:
    """Workflows of four empty activities per second."""
    client = await Client.connect(stack.temporal_address)
    async with bare_workers(stack.temporal_address):
        return await most_per_second(
            lambda number: client.execute_workflow(
                FourActivities.run, id=f"ceiling-{number}", task_queue=WORKFLOW_QUEUE
            )
        )


async def store_ceiling(folder: Path) -> float:
    """PDFs of PDF_BYTES written once per second, to a folder."""
    store = ArtifactStore.open(ArtifactSettings(artifact_store_url=f"file://{folder}"))
    content = bytes(PDF_BYTES)
    return await most_per_second(
        lambda number: store.put_once(
            pdf_key("default", f"report-{number}", 1), content, content_type="application/pdf"
        )
    )


def print_row(name: str, per_second: float) -> None:
    """Print one line of the table."""
    print(f"{name:48}{per_second:8.0f}", flush=True)


async def main() -> None:
    """Measure one server after the other and print."""
    with tempfile.TemporaryDirectory() as folder:
        settings = StackSettings(data_dir=Path(folder) / "data", port_offset=free_port_offset())
        servers = {Server.NATS, Server.POSTGRES, Server.TEMPORAL}
        async with LocalStack(settings, servers=servers, services={"orchestrator-intake"}) as stack:
            print(f"Most per second on this machine, {IN_FLIGHT} at once")
            print_row("NATS: events confirmed and on disk", await bus_ceiling(stack))
            print_row("PostgreSQL: rows of reports committed", await database_ceiling(stack))
            print_row("Temporal dev server: four empty activities", await temporal_ceiling(stack))
        store = Path(folder) / "store"
        store.mkdir()
        print_row("artifact store in a folder: 200 KB written", await store_ceiling(store))


if __name__ == "__main__":
    asyncio.run(main())
