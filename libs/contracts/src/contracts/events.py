"""What has happened to a report, as CloudEvents 1.0 in structured JSON.

An event's id is made from the report, the type and what it is about, so that the same fact told twice has the
same id: consumers may drop the second.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from contracts.artifacts import ArtifactRef
from contracts.batches import BatchStatus
from contracts.failures import Failure, RejectionReason
from contracts.identifiers import DEFAULT_TENANT, TenantId
from contracts.model import WireModel
from contracts.origin import BatchId
from contracts.reports import ReportMode, ReportProgress, ReportStatus, TokenUsage


class EventType(StrEnum):
    """The closed set of event types; the NATS subject ends in the last word."""

    ACCEPTED = "report.accepted"
    STARTED = "report.started"
    PROGRESS = "report.progress"
    DRAFT_READY = "report.draft_ready"
    REVIEW_REMINDER = "report.review_reminder"
    PAUSED = "report.paused"
    RESUMED = "report.resumed"
    COMPLETED = "report.completed"
    FAILED = "report.failed"
    CANCELLED = "report.cancelled"
    REJECTED = "report.rejected"
    BATCH_ENDED = "report.batch_ended"

    def __repr__(self) -> str:
        """Give the name on the wire, as messages about wrong input quote it."""
        return repr(self.value)

    @property
    def word(self) -> str:
        """The last word: `completed` of `report.completed`."""
        return self.value.rpartition(".")[2]

    @property
    def ends_report(self) -> bool:
        """True for the one event after which no other follows for the same report."""
        return self in {EventType.COMPLETED, EventType.FAILED, EventType.CANCELLED}


class ReportEventData(WireModel):
    """What every event about a report says."""

    workflow_id: str
    request_id: str
    tenant_id: TenantId = DEFAULT_TENANT
    revision: int = 1


class ReportAccepted(ReportEventData):
    """The request is valid and will become a report."""

    type: Literal[EventType.ACCEPTED] = EventType.ACCEPTED
    producer: str
    mode: ReportMode


class ReportStarted(ReportEventData):
    """The workflow runs."""

    type: Literal[EventType.STARTED] = EventType.STARTED
    progress: ReportProgress


class ReportProgressed(ReportEventData):
    """A step began or ended; `progress` is the whole picture, so a missed event loses nothing."""

    type: Literal[EventType.PROGRESS] = EventType.PROGRESS
    progress: ReportProgress


class ReportDraftReady(ReportEventData):
    """A draft waits for a decision."""

    type: Literal[EventType.DRAFT_READY] = EventType.DRAFT_READY
    title: str
    draft: ArtifactRef


class ReportReviewReminder(ReportEventData):
    """A draft still waits; without a decision by `decide_by` the report fails."""

    type: Literal[EventType.REVIEW_REMINDER] = EventType.REVIEW_REMINDER
    title: str
    draft: ArtifactRef
    decide_by: datetime


class ReportPaused(ReportEventData):
    """Somebody paused the report: nothing more is begun until it is resumed."""

    type: Literal[EventType.PAUSED] = EventType.PAUSED
    progress: ReportProgress


class ReportResumed(ReportEventData):
    """The report goes on where it was paused."""

    type: Literal[EventType.RESUMED] = EventType.RESUMED
    progress: ReportProgress


class ReportCompleted(ReportEventData):
    """The PDF is stored and can be fetched; `degraded` when only a plain rendering was possible."""

    type: Literal[EventType.COMPLETED] = EventType.COMPLETED
    title: str
    model: str
    pages: int
    degraded: bool = False
    pdf: ArtifactRef
    draft: ArtifactRef
    usage: TokenUsage
    cost_usd: Decimal | None = None


class ReportFailed(ReportEventData):
    """The report ended without a PDF."""

    type: Literal[EventType.FAILED] = EventType.FAILED
    failure: Failure


class ReportCancelled(ReportEventData):
    """The report was cancelled by a person or another system."""

    type: Literal[EventType.CANCELLED] = EventType.CANCELLED


class ReportRejected(WireModel):
    """A message that can never become a report; its original is in the dead letters."""

    type: Literal[EventType.REJECTED] = EventType.REJECTED
    producer: str
    request_id: str | None = None
    tenant_id: TenantId = DEFAULT_TENANT
    reason: RejectionReason
    detail: str
    stream_sequence: int


class BatchEnded(WireModel):
    """Every report of a batch has ended, and its archive is stored; `workflow_id` is the batch's own."""

    type: Literal[EventType.BATCH_ENDED] = EventType.BATCH_ENDED
    workflow_id: str
    batch_id: BatchId
    tenant_id: TenantId = DEFAULT_TENANT
    status: BatchStatus
    total: int
    counts: dict[ReportStatus, int]
    archive: ArtifactRef | None = None


ReportEvent = Annotated[
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
    | ReportRejected
    | BatchEnded,
    Field(discriminator="type"),
]


class CloudEvent(WireModel):
    """A CloudEvents 1.0 envelope; `tenantid` and `traceparent` are extension attributes."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: EventType
    subject: str | None = None
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    tenantid: TenantId = DEFAULT_TENANT
    traceparent: str | None = None
    data: ReportEvent


class Occurrence(WireModel):
    """What identifies a fact besides its data; the same on every attempt to tell it."""

    event_id: str
    source: str
    occurred_at: datetime
    traceparent: str | None = None


def envelope(data: ReportEvent, occurrence: Occurrence) -> CloudEvent:
    """Wrap event data: the same arguments give the same bytes, whenever and wherever it is done."""
    return CloudEvent(
        id=occurrence.event_id,
        source=occurrence.source,
        type=data.type,
        subject=data.request_id if isinstance(data, ReportRejected) else data.workflow_id,
        time=occurrence.occurred_at,
        tenantid=data.tenant_id,
        traceparent=occurrence.traceparent,
        data=data,
    )


def event_id(workflow_id: str, event_type: EventType, about: str = "") -> str:
    """Give the id of the one event of its type about a report, or about a part of it (`r2`, `3`)."""
    return ".".join(part for part in (workflow_id, event_type.word, about) if part)
