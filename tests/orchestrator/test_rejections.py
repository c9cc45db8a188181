"""A message that can never become a report is set aside, whatever it is made of."""

import base64
from uuid import uuid4

import pytest
from nats.js.errors import BadRequestError
from temporalio.client import Client

from contracts import subjects
from contracts.dead_letters import DeadLetter
from contracts.events import CloudEvent, EventType, ReportRejected
from orchestrator.intake import Intake
from orchestrator.settings import ReviewSettings
from orchestrator.starting import Starter
from orchestrator.topology import REQUEST_MAX_BYTES
from runtime.bus import Bus
from tests.orchestrator.test_batch_intake import on_the_bus, temporal

__all__ = ["temporal"]

pytestmark = pytest.mark.asyncio(loop_scope="session")

POISON = {
    "half of a surrogate pair": (b'{"request_id": "a\\ud800"}', "a?"),
    "brackets without end": (b"[" * 100_000, None),
    "brackets without end in a field": (b'{"prompt": "x", "y": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", None),
    "bytes": (bytes(range(256)), None),
    "as much as the stream takes": (
        b'{"prompt": 5, "y": "'.ljust(REQUEST_MAX_BYTES - 100, b"x") + b'"}',
        None,
    ),
}


@pytest.mark.parametrize(("payload", "request_id"), POISON.values(), ids=POISON.keys())
async def test_poison_is_set_aside_and_told_of(
    connection: Bus, temporal: Client, payload: bytes, request_id: str | None
) -> None:
    subject = f"reports.v1.request.clumsy.{uuid4().hex}"
    message = await on_the_bus(connection, subject, payload)
    await Intake(connection, Starter(temporal, ReviewSettings())).handle(message)
    stored = await connection.last(subjects.dead_request(subject))
    assert stored is not None
    letter = DeadLetter.model_validate_json(stored.data or b"")
    assert base64.b64decode(letter.payload_base64) == payload
    told = await connection.last(subjects.event(EventType.REJECTED))
    assert told is not None
    rejected = CloudEvent.model_validate_json(told.data or b"").data
    assert isinstance(rejected, ReportRejected)
    assert (rejected.stream_sequence, rejected.request_id) == (letter.stream_sequence, request_id)


async def test_a_message_that_no_letter_could_hold_is_refused_to_its_producer(connection: Bus) -> None:
    with pytest.raises(BadRequestError) as refused:
        await connection.jetstream.publish("reports.v1.request.clumsy.big", b"x" * (REQUEST_MAX_BYTES + 1))
    assert "message size exceeds" in str(refused.value.description)
