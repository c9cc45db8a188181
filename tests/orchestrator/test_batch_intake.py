"""A batch on the bus is one workflow, and each of its rows one accepted report, however often it is tried."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from nats.aio.msg import Msg
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from contracts import subjects
from contracts.batches import (
    BatchInput,
    BatchKey,
    BatchPart,
    BatchRow,
    BatchRows,
    SubmitBatch,
    batch_rows_key,
)
from contracts.dead_letters import DeadLetter
from contracts.events import CloudEvent, EventType
from contracts.reports import ReportMode
from contracts.schedules import Daily, DueReport, ScheduleDefinition, ScheduledReport
from local_stack import LocalStack
from orchestrator.acceptance import Acceptance
from orchestrator.batch_intake import BatchIntake
from orchestrator.settings import ReviewSettings
from runtime import durable
from runtime.artifacts import ArtifactSettings, ArtifactStore
from runtime.bus import Bus
from runtime.durable import TemporalSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROWS = BatchRows(
    rows=[BatchRow(prompt="One?", requested_by="ada"), BatchRow(prompt="Two?", mode=ReportMode.REVIEW)]
)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="session")
async def temporal(servers: LocalStack) -> Client:
    return await durable.connect(TemporalSettings(temporal_address=servers.temporal_address))


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore.open(ArtifactSettings(artifact_store_url=f"file://{tmp_path}/artifacts"))


@pytest_asyncio.fixture(loop_scope="session")
async def command(artifacts: ArtifactStore) -> SubmitBatch:
    """A batch of two rows, as the gateway stores it."""
    batch = BatchKey(batch_id=uuid4().hex)
    content = ROWS.model_dump_json().encode()
    rows = await artifacts.put_once(batch_rows_key(batch), content, "application/json")
    return SubmitBatch(batch_id=batch.batch_id, name="Two", rows=rows, total=2, requested_at=NOW)


async def on_the_bus(connection: Bus, subject: str, payload: bytes) -> Msg:
    """Publish a message and give it as its consumer gets it."""
    await connection.jetstream.publish(subject, payload, stream=subjects.REQUESTS_STREAM)
    subscription = await connection.jetstream.subscribe(subject, ordered_consumer=True)
    message = await subscription.next_msg(timeout=5)
    await subscription.unsubscribe()
    return message


@pytest_asyncio.fixture(loop_scope="session")
async def events(connection: Bus) -> AsyncIterator[list[CloudEvent]]:
    """What was announced as accepted since the test began."""
    heard: list[CloudEvent] = []

    async def hear(message: Msg) -> None:
        heard.append(CloudEvent.model_validate_json(message.data))

    subscription = await connection.nats.subscribe(subjects.event(EventType.ACCEPTED).name, cb=hear)
    yield heard
    await subscription.unsubscribe()


async def test_a_batch_that_is_delivered_twice_is_one_workflow(
    connection: Bus, temporal: Client, command: SubmitBatch
) -> None:
    subject = subjects.gateway_batch(command.batch_id).name
    message = await on_the_bus(connection, subject, command.model_dump_json().encode())
    intake = BatchIntake(connection, temporal)
    await intake.handle(message)
    handle = temporal.get_workflow_handle(command.workflow_id)
    first = await handle.describe()
    await intake.handle(message)
    assert (await handle.describe()).run_id == first.run_id
    await handle.terminate()
    # The report of a batch that has ended is not begun again either.
    await intake.handle(message)
    assert (await handle.describe()).run_id == first.run_id


async def test_a_batch_that_cannot_be_read_is_set_aside_with_its_reason(
    connection: Bus, temporal: Client
) -> None:
    await connection.jetstream.purge_stream(subjects.DEAD_LETTERS_STREAM)
    subject = f"reports.v1.batch.crm.{uuid4().hex}"
    message = await on_the_bus(connection, subject, b'{"batch_id": "b", "total": 0}')
    await BatchIntake(connection, temporal).handle(message)
    stored = await connection.jetstream.get_last_msg(
        subjects.DEAD_LETTERS_STREAM, subjects.dead_request(subject).name
    )
    letter = DeadLetter.model_validate_json(stored.data or b"")
    assert letter.subject == subject
    assert "rows: Field required" in letter.detail


async def test_rows_are_accepted_once_with_the_batchs_and_their_own_origin(
    connection: Bus, artifacts: ArtifactStore, command: SubmitBatch, events: list[CloudEvent]
) -> None:
    batch = BatchInput(**command.model_dump(), producer="gateway", accepted_at=NOW)
    acceptance = Acceptance(connection, artifacts, ReviewSettings(review_timeout_days=3))
    part = BatchPart(batch=batch, first=1, last=2)
    accepted = await ActivityEnvironment().run(acceptance.accept_batch_part, part)
    again = await ActivityEnvironment().run(acceptance.accept_batch_part, part)

    assert accepted == again
    first, second = accepted.reports
    assert first.report.workflow_id == command.report_id(1)
    assert (first.prompt, first.requested_by, first.batch_id) == ("One?", "ada", command.batch_id)
    assert (second.mode, second.requested_by, second.review_timeout.days) == (ReportMode.REVIEW, None, 3)
    await connection.nats.flush()
    stored = await connection.jetstream.get_last_msg(
        subjects.EVENTS_STREAM, subjects.event(EventType.ACCEPTED).name
    )
    last = CloudEvent.model_validate_json(stored.data or b"")
    assert last.data.workflow_id == command.report_id(2)  # type: ignore[union-attr] # it is about a report
    mine = [event.id for event in events if command.batch_id in event.id]
    # Heard on the subject twice, stored by the stream once: the ids are the same.
    assert len(set(mine)) == 2


async def test_a_run_of_a_schedule_is_accepted_as_a_report_of_its_own(
    connection: Bus, artifacts: ArtifactStore, events: list[CloudEvent]
) -> None:
    definition = ScheduleDefinition(name="News", prompt="What is new?", calendar=Daily(at="09:00"))
    scheduled = ScheduledReport(schedule_id=uuid4().hex, definition=definition)
    due = DueReport(scheduled=scheduled, due_at=NOW, accepted_at=NOW)
    acceptance = Acceptance(connection, artifacts, ReviewSettings())
    report = await ActivityEnvironment().run(acceptance.accept_due_report, due)
    assert report.report.request_id == f"{scheduled.schedule_id}-20261122T090000Z"
    assert (report.producer, report.schedule_id) == ("schedule", scheduled.schedule_id)
    await connection.nats.flush()
    assert [event.id for event in events] == [f"{report.report.workflow_id}.accepted"]
