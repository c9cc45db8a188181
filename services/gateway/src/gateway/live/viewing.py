"""What a viewer receives, and where in the two streams it stands."""

import re
from dataclasses import dataclass
from datetime import datetime

import structlog
from pydantic import ValidationError

from contracts.events import (
    BatchEnded,
    CloudEvent,
    ReportAccepted,
    ReportCancelled,
    ReportCompleted,
    ReportDraftReady,
    ReportFailed,
    ReportPaused,
    ReportProgressed,
    ReportRejected,
    ReportResumed,
    ReportReviewReminder,
    ReportStarted,
)
from contracts.identifiers import DEFAULT_TENANT
from contracts.live import LiveStatus, LiveText
from contracts.subjects import live_status
from gateway.live.ordered import StreamMessage

_STATUS_SUBJECTS = live_status("").name
TEXT = "text"
STATUS = "live_status"
_ID = re.compile(r"^e(\d{1,19})-l(\d{1,19})(-end)?$")

ToldEvent = (
    ReportAccepted
    | ReportStarted
    | ReportProgressed
    | ReportDraftReady
    | ReportReviewReminder
    | ReportPaused
    | ReportResumed
    | ReportCompleted
    | ReportFailed
    | ReportCancelled
    | BatchEnded
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    """The last sequence of each stream that a viewer has been given."""

    events: int
    live: int


@dataclass(frozen=True, slots=True)
class Message:
    """One SSE message: `name` and JSON `data`; an event has its own time, what is live its revision."""

    workflow_id: str
    name: str
    data: str
    position: Position
    occurred_at: datetime | None = None
    revision: int = 0
    ends: bool = False
    tenant_id: str = DEFAULT_TENANT

    def encode(self) -> bytes:
        """Give the message as it goes over the wire; its id lets any gateway resume after it."""
        identifier = f"e{self.position.events}-l{self.position.live}{'-end' if self.ends else ''}"
        return f"id: {identifier}\nevent: {self.name}\ndata: {self.data}\n\n".encode()


@dataclass(frozen=True, slots=True)
class LastEventId:
    """Where a returning viewer was; `ended` when it has been given the report's last message."""

    position: Position
    ended: bool

    @classmethod
    def parse(cls, text: str | None) -> "LastEventId | None":
        """Read the header; None when there is none or it is not one of ours."""
        match = _ID.match(text or "")
        if match is None:
            return None
        return cls(Position(int(match[1]), int(match[2])), ended=match[3] is not None)


def read_event(stored: StreamMessage, position: Position) -> Message | None:
    """Make a message of a stored event; None when it is about no report or cannot be read."""
    try:
        event = CloudEvent.model_validate_json(stored.data)
    except ValidationError:
        log.warning("event.unreadable", sequence=stored.sequence)
        return None
    if isinstance(event.data, ReportRejected):
        return None
    return event_message(event.data, position, event.time)


def event_message(data: ToldEvent, position: Position, occurred_at: datetime | None) -> Message:
    """Make a message of an event's data."""
    return Message(
        workflow_id=data.workflow_id,
        name=data.type.word,
        data=data.model_dump_json(),
        position=position,
        occurred_at=occurred_at,
        ends=data.type.ends_report,
        tenant_id=data.tenant_id,
    )


def read_live(stored: StreamMessage, position: Position) -> Message | None:
    """Make a message of a stored piece of text or live status; None when it cannot be read."""
    try:
        if stored.subject.startswith(_STATUS_SUBJECTS):
            status = LiveStatus.model_validate_json(stored.data)
            return Message(
                status.workflow_id, STATUS, status_json(status), position, revision=status.revision
            )
        text = LiveText.model_validate_json(stored.data)
    except ValidationError:
        log.warning("live.unreadable", subject=stored.subject, sequence=stored.sequence)
        return None
    data = text.model_dump_json(include={"revision", "attempt", "offset", "text"})
    return Message(text.workflow_id, TEXT, data, position, revision=text.revision)


def status_json(status: LiveStatus) -> str:
    """Give a live status as viewers get it."""
    return status.model_dump_json(exclude={"workflow_id", "tenant_id"})
