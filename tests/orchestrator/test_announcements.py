"""Signs of life reach the bus in order, and an absent bus costs the report nothing."""

import asyncio
import json

import pytest

from contracts import subjects
from contracts.events import EventType, ReportProgressed, ReportStarted
from local_stack import LocalStack
from orchestrator.announcements import MAX_WAITING, Announcements
from orchestrator.signs_of_life import SignOfLife
from runtime import bus
from runtime.bus import Bus, BusSettings
from tests.contracts.examples import KEY, NOW, PROGRESS

pytestmark = pytest.mark.asyncio(loop_scope="session")


def sign(number: int) -> SignOfLife:
    kind = ReportStarted if number == 1 else ReportProgressed
    event = kind(**KEY.model_dump(), progress=PROGRESS)
    return SignOfLife(event=event, event_id=f"sign-{number}", occurred_at=NOW, traceparent=None)


async def test_signs_from_any_thread_are_published_in_order(connection: Bus) -> None:
    subscription = await connection.nats.subscribe(subjects.ALL_EVENTS)
    await connection.nats.flush()
    announcements = Announcements(connection)
    async with announcements.publishing() as outlet:
        for number in (1, 2, 3):
            await asyncio.to_thread(outlet, sign(number))
        heard = [json.loads((await subscription.next_msg(timeout=10)).data) for _ in range(3)]
    await subscription.unsubscribe()
    assert [event["id"] for event in heard] == ["sign-1", "sign-2", "sign-3"]
    assert [event["type"] for event in heard] == [
        EventType.STARTED,
        EventType.PROGRESS,
        EventType.PROGRESS,
    ]


async def test_a_closed_connection_drops_signs_without_an_error(servers: LocalStack) -> None:
    async with bus.connect(BusSettings(nats_url=servers.nats_url), name="closing") as closing:
        announcements = Announcements(closing)
    async with announcements.publishing() as outlet:
        for number in range(MAX_WAITING + 10):
            outlet(sign(number))
        await asyncio.sleep(0)
