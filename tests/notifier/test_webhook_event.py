"""Protects what endpoints are told: all that the sender said, under an id that can be signed safely."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts import subjects
from contracts.events import EventType
from contracts.failures import RejectionReason
from contracts.webhooks import WEBHOOK_EVENT_TYPES
from notifier.webhook_event import UnusableEventError, parse_event
from orchestrator import topology
from tests.contracts.examples import MESSAGES, WORKFLOW_ID


def _event(**changes: Any) -> bytes:  # noqa: ANN401 - any JSON
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": "report-1.cancelled",
        "source": "/x",
        "type": "report.cancelled",
        "time": datetime(2026, 1, 2, tzinfo=UTC).isoformat(),
        "data": {"type": "report.cancelled", "workflow_id": "report-1", "request_id": "1"},
    }
    return json.dumps(event | changes).encode()


def test_fields_that_this_version_does_not_know_are_passed_on() -> None:
    data = {"type": "report.cancelled", "workflow_id": "report-1", "request_id": "1", "added_later": [1, "é"]}
    assert json.loads(parse_event(_event(data=data)).body)["data"] == data


def test_the_same_event_gives_the_same_id_and_body() -> None:
    assert parse_event(_event()) == parse_event(_event())


def test_an_id_holds_no_full_stop_because_that_separates_what_is_signed() -> None:
    assert parse_event(_event()).webhook_id == "report-1:cancelled"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "line\nbreak"},
        {"id": "ünïcode"},
        {"id": ""},
        {"id": "x" * 201},
        {"type": "report.failed"},
        {
            "data": {
                "type": "report.accepted",
                "workflow_id": "r",
                "request_id": "1",
                "producer": "p",
                "mode": "auto",
            }
        },
        {"time": "yesterday"},
    ],
)
def test_what_cannot_be_delivered_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UnusableEventError) as refused:
        parse_event(_event(**changes))
    assert refused.value.reason is RejectionReason.INVALID


@pytest.mark.parametrize("event_type", WEBHOOK_EVENT_TYPES)
def test_every_event_that_endpoints_can_ask_for_is_delivered(event_type: EventType) -> None:
    parsed = parse_event(MESSAGES[f"event.{event_type.word}"].model_dump_json().encode())
    assert (parsed.event_type, parsed.workflow_id) == (event_type, WORKFLOW_ID)


def test_an_event_that_endpoints_cannot_ask_for_is_not_delivered() -> None:
    with pytest.raises(UnusableEventError, match="not for webhooks"):
        parse_event(MESSAGES["event.progress"].model_dump_json().encode())


def test_the_dispatcher_is_sent_what_endpoints_can_ask_for() -> None:
    [dispatcher] = [c for _, c in topology.consumers() if c.durable_name == subjects.DISPATCHER_DURABLE]
    wanted = {subjects.event(event_type).name for event_type in WEBHOOK_EVENT_TYPES}
    assert set(dispatcher.filter_subjects or ()) == wanted
