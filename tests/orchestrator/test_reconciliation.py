"""What fell between two stores is found by the sweep, mended where that is safe, and counted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from temporalio.client import Client

from contracts import subjects
from contracts.artifacts import ArtifactRef
from contracts.batches import BatchRecord, BatchStatus, SubmitBatch
from contracts.commands import GenerateReport
from contracts.events import EventType
from contracts.reports import ReportKey, ReportStatus
from contracts.task_queues import TaskQueue
from contracts.workflows import ReportInput
from local_stack import LocalStack
from orchestrator.batches import Batches
from orchestrator.metadata import Metadata
from orchestrator.reconciliation import requests
from orchestrator.reconciliation.findings import Finding
from orchestrator.reconciliation.sweep import Sweep
from orchestrator.rejections import Rejections
from orchestrator.settings import ReviewSettings
from orchestrator.starting import Starter
from orchestrator.workflows.generate_report import GenerateReportWorkflow
from runtime import durable
from runtime.artifacts import ArtifactSettings, ArtifactStore
from runtime.bus import Bus, BusUnavailableError
from runtime.durable import TemporalSettings
from tests.contracts.examples import NOW
from tests.orchestrator.records import a_record

pytestmark = pytest.mark.asyncio(loop_scope="session")
AT_ONCE = timedelta(0)


@pytest_asyncio.fixture(loop_scope="session")
async def temporal(servers: LocalStack) -> Client:
    return await durable.connect(TemporalSettings(temporal_address=servers.temporal_address))


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore.open(ArtifactSettings(artifact_store_url=f"file://{tmp_path}/artifacts"))


@pytest_asyncio.fixture(loop_scope="session")
async def sweep(
    connection: Bus, temporal: Client, pool: asyncpg.Pool, artifacts: ArtifactStore
) -> AsyncIterator[Sweep]:
    await pool.execute("DELETE FROM reports")
    await pool.execute("DELETE FROM report_batches")
    await connection.jetstream.purge_stream(subjects.REQUESTS_STREAM)
    yield Sweep(
        connection, temporal, Starter(temporal, ReviewSettings()), pool, artifacts, settling_time=AT_ONCE
    )


async def start_workflow(temporal: Client, request_id: str) -> None:
    """Start a report that no worker serves, so that it stays open."""
    key = ReportKey(workflow_id=f"report-{request_id}", request_id=request_id)
    await temporal.start_workflow(
        GenerateReportWorkflow.run,
        ReportInput(report=key, producer="test", prompt="q", accepted_at=NOW),
        id=key.workflow_id,
        task_queue=TaskQueue.REPORTS,
    )


@asynccontextmanager
async def no_event_taken(connection: Bus) -> AsyncIterator[None]:
    """The stream of events confirms nothing while the context is open."""
    config = (await connection.jetstream.stream_info(subjects.EVENTS_STREAM)).config
    await connection.jetstream.update_stream(config.evolve(max_msg_size=1))
    try:
        yield
    finally:
        await connection.jetstream.update_stream(config)


async def last_event(connection: Bus, event_type: EventType) -> bytes:
    subject = subjects.event(event_type).name
    return (await connection.jetstream.get_last_msg(subjects.EVENTS_STREAM, subject)).data or b""


async def test_all_is_well_when_nothing_fell_between(
    sweep: Sweep, temporal: Client, pool: asyncpg.Pool
) -> None:
    request_id = uuid4().hex
    await start_workflow(temporal, request_id)
    await Metadata(pool).store_report_metadata(a_record(ReportStatus.RUNNING, request_id=request_id))
    assert (await sweep.reconcile_reports()).found == {}


async def test_a_row_whose_workflow_was_terminated_is_ended_and_announced(
    sweep: Sweep, temporal: Client, pool: asyncpg.Pool, connection: Bus
) -> None:
    request_id = uuid4().hex
    await start_workflow(temporal, request_id)
    await Metadata(pool).store_report_metadata(a_record(ReportStatus.RUNNING, request_id=request_id))
    await temporal.get_workflow_handle(f"report-{request_id}").terminate()

    assert (await sweep.reconcile_reports()).found == {Finding.ROW_WITHOUT_ENDING: 1}
    assert await pool.fetchval("SELECT status FROM reports") == "CANCELLED"
    assert request_id.encode() in await last_event(connection, EventType.CANCELLED)
    assert (await sweep.reconcile_reports()).found == {}


async def test_a_row_whose_workflow_is_gone_is_failed_with_a_remedy(
    sweep: Sweep, pool: asyncpg.Pool, connection: Bus
) -> None:
    record = a_record(ReportStatus.RUNNING)
    await Metadata(pool).store_report_metadata(record)

    assert (await sweep.reconcile_reports()).found == {Finding.ROW_WITHOUT_WORKFLOW: 1}
    assert await pool.fetchval("SELECT status FROM reports") == "FAILED"
    assert b"Ask again" in await last_event(connection, EventType.FAILED)


async def test_a_row_is_not_ended_before_its_end_can_be_announced(
    sweep: Sweep, pool: asyncpg.Pool, connection: Bus
) -> None:
    """The next sweep would take it for one that was announced."""
    record = a_record(ReportStatus.RUNNING)
    await Metadata(pool).store_report_metadata(record)

    async with no_event_taken(connection):
        with pytest.raises(BusUnavailableError):
            await sweep.reconcile_reports()
    assert (await sweep.reconcile_reports()).found == {Finding.ROW_WITHOUT_WORKFLOW: 1}
    assert record.workflow_id.encode() in await last_event(connection, EventType.FAILED)


async def test_artifacts_of_no_report_are_counted_and_kept(
    sweep: Sweep, artifacts: ArtifactStore, pool: asyncpg.Pool
) -> None:
    await artifacts.put_once("default/report-known/r1/draft.md", b"#", "text/markdown")
    await artifacts.put_once("default/report-stray/r1/draft.md", b"#", "text/markdown")
    await Metadata(pool).store_report_metadata(a_record(ReportStatus.COMPLETED, request_id="known"))

    assert (await sweep.reconcile_reports()).found == {Finding.ARTIFACTS_WITHOUT_ROW: 1}
    assert await artifacts.find("default/report-stray/r1/draft.md") == b"#"


async def test_an_acknowledged_request_without_a_workflow_is_started(
    sweep: Sweep, temporal: Client, connection: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "SETTLING_TIME", AT_ONCE)
    request = GenerateReport(prompt="q", request_id=uuid4().hex)
    await connection.publish_first(subjects.gateway_request(request.request_id), request)
    invalid = await connection.jetstream.publish("reports.v1.request.clumsy", b"{}")
    consumer = await connection.jetstream.pull_subscribe_bind(
        durable=subjects.INTAKE_DURABLE, stream=subjects.REQUESTS_STREAM
    )
    for message in await consumer.fetch(2):
        await message.ack_sync()
    assert invalid.seq

    assert (await sweep.reconcile_reports()).found == {Finding.REQUEST_WITHOUT_WORKFLOW: 1}
    started = await temporal.get_workflow_handle(request.workflow_id).describe()
    assert started.id == request.workflow_id


async def test_a_request_that_was_set_aside_is_not_started_behind_everybodys_back(
    sweep: Sweep, connection: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its producer was told that it is rejected, and an operator decides about its dead letter."""
    monkeypatch.setattr(requests, "SETTLING_TIME", AT_ONCE)
    request, batch, rejections = GenerateReport(prompt="q"), a_batch(), Rejections(connection)
    await connection.publish_first(subjects.gateway_request(request.request_id), request)
    await connection.publish_first(subjects.gateway_batch(batch.batch_id), batch)
    for consumer in (subjects.INTAKE_DURABLE, subjects.BATCHES_DURABLE):
        pulling = await connection.jetstream.pull_subscribe_bind(consumer, subjects.REQUESTS_STREAM)
        (message,) = await pulling.fetch(1, timeout=5)
        await rejections.reject(message, rejections.exhausted(message, ValueError()))
        await message.ack_sync()

    assert (await sweep.reconcile_reports()).found == {}


async def test_a_request_that_is_still_on_its_way_is_left_alone(
    sweep: Sweep, connection: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "SETTLING_TIME", AT_ONCE)
    request = GenerateReport(prompt="q", request_id=uuid4().hex)
    await connection.publish_first(subjects.gateway_request(request.request_id), request)
    assert (await sweep.reconcile_reports()).found == {}


def a_batch() -> SubmitBatch:
    rows = ArtifactRef(key="rows.json", sha256="0" * 64, size=1, content_type="application/json")
    return SubmitBatch(batch_id=uuid4().hex, rows=rows, total=2, requested_at=NOW)


async def test_a_batch_that_was_acknowledged_without_a_workflow_is_started(
    sweep: Sweep, temporal: Client, connection: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "SETTLING_TIME", AT_ONCE)
    batch = a_batch()
    await connection.publish_first(subjects.gateway_batch(batch.batch_id), batch)
    pulling = await connection.jetstream.pull_subscribe_bind(
        subjects.BATCHES_DURABLE, subjects.REQUESTS_STREAM
    )
    for message in await pulling.fetch(1, timeout=5):
        await message.ack_sync()

    assert (await sweep.reconcile_reports()).found == {Finding.REQUEST_WITHOUT_WORKFLOW: 1}
    await temporal.get_workflow_handle(batch.workflow_id).describe()
    assert (await sweep.reconcile_reports()).found == {}


async def running_batch(connection: Bus, pool: asyncpg.Pool, artifacts: ArtifactStore) -> SubmitBatch:
    """Store the row of a batch that no workflow works on."""
    batch = a_batch()
    record = BatchRecord(
        **batch.model_dump(include=set(BatchRecord.model_fields)),
        status=BatchStatus.RUNNING,
        accepted_at=NOW,
    )
    await Batches(connection, pool, artifacts).store_batch(record)
    return batch


async def test_a_batch_is_not_ended_before_its_end_can_be_announced(
    sweep: Sweep, pool: asyncpg.Pool, connection: Bus, artifacts: ArtifactStore
) -> None:
    batch = await running_batch(connection, pool, artifacts)
    async with no_event_taken(connection):
        with pytest.raises(BusUnavailableError):
            await sweep.reconcile_reports()
    assert (await sweep.reconcile_reports()).found == {Finding.ROW_WITHOUT_ENDING: 1}
    assert batch.batch_id.encode() in await last_event(connection, EventType.BATCH_ENDED)


async def test_a_batch_whose_workflow_was_ended_from_outside_is_ended_and_announced(
    sweep: Sweep, pool: asyncpg.Pool, connection: Bus, artifacts: ArtifactStore
) -> None:
    batch = await running_batch(connection, pool, artifacts)
    assert (await sweep.reconcile_reports()).found == {Finding.ROW_WITHOUT_ENDING: 1}
    assert await pool.fetchval("SELECT status FROM report_batches") == "CANCELLED"
    assert batch.batch_id.encode() in await last_event(connection, EventType.BATCH_ENDED)
    assert (await sweep.reconcile_reports()).found == {}
