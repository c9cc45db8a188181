"""The bodies of the API's answers, and the addresses in them."""

from datetime import datetime
from decimal import Decimal
from typing import Self
from urllib.parse import quote

from pydantic import BaseModel, Field

from contracts.failures import Failure
from contracts.reports import (
    ReportMode,
    ReportStatus,
    RevisionProgress,
    Step,
    StepProgress,
    TokenUsage,
)
from gateway.reading.known_report import KnownReport
from gateway.reading.revisions import KnownRevision
from gateway.reading.waiting import Underway, Wait

_INTERNAL = {"workflow_id", "request_id", "tenant_id", "latest_draft", "record", "revisions"}


def address(workflow_id: str, resource: str) -> str:
    """Give the path of something that belongs to a report."""
    return f"/api/workflows/{quote(workflow_id)}/{resource}"


class AcceptedReport(BaseModel):
    """The bus holds the request: the report will be made."""

    workflow_id: str
    request_id: str
    status_url: str
    result_url: str
    events_url: str

    @classmethod
    def of(cls, workflow_id: str, request_id: str) -> Self:
        """Name where to follow the report."""
        return cls(
            workflow_id=workflow_id,
            request_id=request_id,
            status_url=address(workflow_id, "status"),
            result_url=address(workflow_id, "result"),
            events_url=address(workflow_id, "events"),
        )


class Revision(BaseModel):
    """A finished draft and what asked for it; null is what is not known (any more)."""

    revision: int
    instructions: str | None
    title: str
    model: str
    usage: TokenUsage
    cost_usd: Decimal | None
    written_at: datetime | None
    draft_url: str

    @classmethod
    def of(cls, workflow_id: str, known: KnownRevision | RevisionProgress) -> Self:
        """Show what is known."""
        return cls(
            **known.model_dump(exclude={"draft"}),
            draft_url=address(workflow_id, f"revisions/{known.revision}"),
        )


class RevisionList(BaseModel):
    """The finished drafts of a report, in their order."""

    items: list[Revision]


class ReportState(AcceptedReport):
    """How far a report is; times are UTC, and `pdf_url` is there once there is a PDF.

    `usage` and `cost_usd` are those of the finished revisions; `revisions` lists these while the report runs.
    `attempts` says of each step that is being worked on which attempt it is.
    """

    status: ReportStatus
    step: Step | None
    revision: int
    mode: ReportMode | None
    steps: list[StepProgress]
    title: str | None
    prompt: str | None
    failure: Failure | None
    accepted_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    updated_at: datetime | None
    paused: bool
    revisions: list[Revision]
    usage: TokenUsage
    cost_usd: Decimal | None
    review_until: datetime | None
    pdf_url: str | None
    waiting_for: Wait | None = None
    attempts: dict[str, int] = Field(default_factory=dict)

    @classmethod
    def of_report(cls, report: KnownReport, underway: Underway | None = None) -> Self:
        """Show what is known."""
        completed = report.status is ReportStatus.COMPLETED
        return cls(
            **AcceptedReport.of(report.workflow_id, report.request_id).model_dump(),
            **report.model_dump(exclude=_INTERNAL),
            revisions=[Revision.of(report.workflow_id, revision) for revision in report.revisions],
            pdf_url=address(report.workflow_id, "pdf") if completed else None,
            **(underway or Underway()).model_dump(),
        )


class ReportResult(BaseModel):
    """A finished report; `cost_usd` is null when the model's price is unknown."""

    workflow_id: str
    request_id: str
    title: str
    markdown: str
    pdf_url: str
    sha256: str
    pages: int
    degraded: bool
    model: str
    revision: int
    usage: TokenUsage
    cost_usd: Decimal | None
    prompt: str
    accepted_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
