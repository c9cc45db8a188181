"""Another system's request on the bus becomes the same report; what cannot become one is set aside."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import nats
import pytest
from nats.aio.client import Client
from nats.js.api import ConsumerConfig, DeliverPolicy

from contracts import subjects
from tests.e2e.reports import result
from tests.llm_simulator import SimulatorClient
from tests.running_stack import RunningStack


@pytest.fixture
async def bus(stack: RunningStack) -> AsyncIterator[Client]:
    client = await nats.connect(stack.nats_url)
    yield client
    await client.close()


async def events(bus: Client, until: str) -> AsyncIterator[dict[str, Any]]:
    """Read all events since the call, up to the first whose text contains `until`."""
    subscription = await bus.subscribe(subjects.ALL_EVENTS)
    await bus.flush()
    yield {}
    while True:
        message = await subscription.next_msg(timeout=60)
        event: dict[str, Any] = json.loads(message.data)
        assert message.subject == f"reports.v1.event.{event['type'].rpartition('.')[2]}"
        yield event
        if until in f"{event['id']} {event.get('subject')} {event['type']}":
            return


async def heard(bus: Client, subject: str, payload: bytes, until: str) -> list[dict[str, Any]]:
    """Publish a request and give the events that followed."""
    stream = events(bus, until)
    await anext(stream)
    await bus.publish(subject, payload)
    return [event async for event in stream]


async def test_a_request_on_the_bus_becomes_a_report(bus: Client, http: httpx2.AsyncClient) -> None:
    request_id = f"crm-{uuid4().hex[:8]}"
    request = {"prompt": "What caused the decline of the Aral Sea?", "request_id": request_id}
    told = await heard(
        bus, "reports.v1.request.crm", json.dumps(request).encode(), f"report-{request_id}.completed"
    )
    mine = [event for event in told if event["data"].get("request_id") == request_id]

    assert [event["type"] for event in mine] == [
        "report.accepted",
        "report.started",
        "report.progress",
        "report.progress",
        "report.completed",
    ]
    assert {event["specversion"] for event in mine} == {"1.0"}
    completed = mine[-1]["data"]
    report = await result(http, f"report-{request_id}")
    assert completed["pdf"]["sha256"] == report["sha256"]


async def test_a_repeated_request_is_one_report(bus: Client, simulator: SimulatorClient) -> None:
    request_id = f"twice-{uuid4().hex[:8]}"
    prompt = f"A request that is sent twice, {request_id}"
    payload = json.dumps({"prompt": prompt, "request_id": request_id}).encode()
    await bus.publish("reports.v1.request.crm", payload)
    told = await heard(bus, "reports.v1.request.crm", payload, f"report-{request_id}.completed")
    assert sum(event["id"] == f"report-{request_id}.completed" for event in told) == 1
    # Sent once more after the report has ended; a later request shows that it has been dealt with.
    await bus.publish("reports.v1.request.crm", payload)
    later = f"later-{request_id}"
    request = json.dumps({"prompt": "A later one", "request_id": later}).encode()
    await heard(bus, "reports.v1.request.crm", request, f"report-{later}.completed")
    assert await simulator.calls(prompt) == 1


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"not json", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b"[]", "invalid"),
        (b'{"prompt": ""}', "invalid"),
        (b'{"prompt": "q", "mode": "manual"}', "invalid"),
        (json.dumps({"prompt": "x" * 16_001}).encode(), "invalid"),
    ],
)
async def test_an_invalid_request_is_set_aside_with_its_reason(
    bus: Client, payload: bytes, reason: str
) -> None:
    told = await heard(bus, "reports.v1.request.clumsy", payload, "report.rejected")
    rejected = told[-1]["data"]
    assert rejected["reason"] == reason
    assert rejected["detail"]
    letter = await dead_letter(bus, rejected["stream_sequence"])
    assert base64.b64decode(letter["payload_base64"]) == payload
    assert letter["reason"] == reason


async def dead_letter(bus: Client, stream_sequence: int) -> dict[str, Any]:
    """Find the dead letter of one message of the request stream."""
    jetstream = bus.jetstream()
    subscription = await jetstream.subscribe(
        subjects.ALL_DEAD_LETTERS,
        stream=subjects.DEAD_LETTERS_STREAM,
        ordered_consumer=True,
        config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL),
    )
    while True:
        letter: dict[str, Any] = json.loads((await subscription.next_msg(timeout=10)).data)
        if letter["stream_sequence"] == stream_sequence:
            return letter


async def test_the_consumer_goes_on_after_a_bad_message(bus: Client) -> None:
    request_id = f"after-{uuid4().hex[:8]}"
    await bus.publish("reports.v1.request.clumsy", b"{{{")
    told = await heard(
        bus,
        "reports.v1.request.crm",
        json.dumps({"prompt": "After a bad one", "request_id": request_id}).encode(),
        f"report-{request_id}.completed",
    )
    assert told[-1]["type"] == "report.completed"


async def test_a_request_without_an_id_gets_one(bus: Client) -> None:
    told = await heard(bus, "reports.v1.request.crm", b'{"prompt": "No id of my own"}', "report.completed")
    assert told[-1]["data"]["request_id"]
