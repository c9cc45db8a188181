"""Addresses on the bus, each bound to the one payload type that may be sent there."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from contracts.batches import SubmitBatch
from contracts.commands import GenerateReport
from contracts.dead_letters import DeadLetter
from contracts.events import CloudEvent, EventType
from contracts.live import LiveStatus, LiveText
from contracts.model import WireModel

PayloadT = TypeVar("PayloadT", bound=WireModel)


@dataclass(frozen=True, slots=True)
class Subject(Generic[PayloadT]):
    """A NATS subject, the payload type it carries, and the stream that keeps it."""

    name: str
    payload: type[PayloadT]
    stream: str


REQUESTS_STREAM = "REPORT_REQUESTS"
EVENTS_STREAM = "REPORT_EVENTS"
DEAD_LETTERS_STREAM = "REPORT_DLQ"
LIVE_STREAM = "REPORT_LIVE"

ALL_REQUESTS = "reports.v1.request.>"
ALL_BATCHES = "reports.v1.batch.>"
ALL_EVENTS = "reports.v1.event.>"
ALL_DEAD_LETTERS = "reports.v1.dlq.>"
ALL_LIVE_TEXT = "reports.v1.live.*"
ALL_LIVE_STATUS = "reports.v1.live_status.*"

INTAKE_DURABLE = "orchestrator-intake"
BATCHES_DURABLE = "orchestrator-batches"
DISPATCHER_DURABLE = "notifier-dispatcher"

GATEWAY_PRODUCER = "gateway"


def gateway_request(request_id: str) -> Subject[GenerateReport]:
    """Subject of one request from the gateway: one message at most ever stands on it."""
    return Subject(f"reports.v1.request.{GATEWAY_PRODUCER}.{request_id}", GenerateReport, REQUESTS_STREAM)


def gateway_batch(batch_id: str) -> Subject[SubmitBatch]:
    """Subject of one batch from the gateway: one message at most ever stands on it."""
    return Subject(f"reports.v1.batch.{GATEWAY_PRODUCER}.{batch_id}", SubmitBatch, REQUESTS_STREAM)


def producer_of(subject: str) -> str:
    """Name the producer of a request's or a batch's subject: the token after `request` or `batch`."""
    return subject.split(".")[3]


def event(event_type: EventType) -> Subject[CloudEvent]:
    """Subject of an event type."""
    return Subject(f"reports.v1.event.{event_type.word}", CloudEvent, EVENTS_STREAM)


def live_text(workflow_id: str) -> Subject[LiveText]:
    """Subject of one report's text while it is written."""
    return Subject(f"reports.v1.live.{workflow_id}", LiveText, LIVE_STREAM)


def live_status(workflow_id: str) -> Subject[LiveStatus]:
    """Subject of what one report's running step is doing."""
    return Subject(f"reports.v1.live_status.{workflow_id}", LiveStatus, LIVE_STREAM)


def dead_letter(source: str, producer: str) -> Subject[DeadLetter]:
    """Subject of messages that a consumer gave up on; `source` is what they were (`request`, `event`)."""
    return Subject(f"reports.v1.dlq.{source}.{producer}", DeadLetter, DEAD_LETTERS_STREAM)


def dead_request(subject: str) -> Subject[DeadLetter]:
    """Subject of the dead letter of a request or a batch that came on `subject`: it ends as that does."""
    return dead_letter("request", subject.split(".", 3)[3])
