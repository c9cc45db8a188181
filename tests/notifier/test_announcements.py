"""Protects the announcement of an ending: confirmed by the stream, once, and the same on every attempt."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

from contracts import subjects
from contracts.activities.notification import Notification
from contracts.events import CloudEvent, EventType, ReportCancelled
from local_stack import LocalStack
from notifier.activities import EVENT_SOURCE, Announcements
from runtime import bus
from runtime.bus import Bus, BusSettings, BusUnavailableError
from tests.notifier.announce_once import AnnounceOnce

pytestmark = pytest.mark.asyncio(loop_scope="session")

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def _cancelled() -> Notification:
    request_id = str(uuid4())
    return Notification(
        event_id=f"report-{request_id}.cancelled",
        occurred_at=datetime(2026, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC),
        traceparent=TRACEPARENT,
        event=ReportCancelled(workflow_id=f"report-{request_id}", request_id=request_id),
    )


async def test_a_workflow_announces_through_the_announcer(
    announcer: str, temporal: Client, connection: Bus
) -> None:
    assert announcer
    notification = _cancelled()
    queue = f"announcements-{uuid4()}"
    async with Worker(temporal, task_queue=queue, workflows=[AnnounceOnce]):
        await temporal.execute_workflow(AnnounceOnce.run, notification, id=queue, task_queue=queue)

    stored = await connection.jetstream.get_last_msg(
        subjects.EVENTS_STREAM, subjects.event(EventType.CANCELLED).name
    )
    event = CloudEvent.model_validate_json(stored.data or b"")
    assert (event.id, event.source) == (notification.event_id, EVENT_SOURCE)
    assert (event.type, event.subject) == (EventType.CANCELLED, notification.event.workflow_id)
    assert (event.time, event.traceparent) == (notification.occurred_at, TRACEPARENT)
    assert event.data == notification.event


async def test_an_announcement_that_is_repeated_is_stored_once(connection: Bus) -> None:
    notification = _cancelled()
    announcements = Announcements(connection)
    before = (await connection.jetstream.stream_info(subjects.EVENTS_STREAM)).state.messages
    for _ in range(2):
        await ActivityEnvironment().run(announcements.send_notification, notification)
    after = (await connection.jetstream.stream_info(subjects.EVENTS_STREAM)).state.messages
    assert after - before == 1


async def test_an_announcement_that_no_stream_confirmed_is_an_error(servers: LocalStack) -> None:
    async with bus.connect(BusSettings(nats_url=servers.nats_url), name="closed") as connection:
        pass
    with pytest.raises(BusUnavailableError):
        await ActivityEnvironment().run(Announcements(connection).send_notification, _cancelled())
