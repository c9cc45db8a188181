"""A report as everyone sees it: its state, its steps, its cost and its record."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import Field

from contracts.artifacts import ArtifactRef
from contracts.failures import Failure
from contracts.identifiers import DEFAULT_TENANT, RequestId, TenantId, WorkflowId
from contracts.model import WireModel
from contracts.origin import RequestOrigin

PROMPT_MAX_CHARACTERS = 16_000


class ReportMode(StrEnum):
    """Whether a person decides about the draft before it becomes a PDF."""

    AUTO = "auto"
    REVIEW = "review"


class ReportStatus(StrEnum):
    """The states that `GET …/status` can show."""

    ACCEPTED = "ACCEPTED"
    RUNNING = "RUNNING"
    WAITING_FOR_REVIEW = "WAITING_FOR_REVIEW"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_terminal(self) -> bool:
        """True once nothing more will happen to the report."""
        return self in {ReportStatus.COMPLETED, ReportStatus.FAILED, ReportStatus.CANCELLED}


class Step(StrEnum):
    """The steps of a report, in their order; each but `review` is the activity of that name."""

    LLM_CALL = "llm_call"
    REVIEW = "review"
    CREATE_PDF = "create_pdf"
    STORE_REPORT_METADATA = "store_report_metadata"
    SEND_NOTIFICATION = "send_notification"


class StepState(StrEnum):
    """How far one step is."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepProgress(WireModel):
    """One line of a report's progress; times are UTC."""

    name: Step
    state: StepState = StepState.PENDING
    started_at: datetime | None = None
    finished_at: datetime | None = None


class ReportKey(WireModel):
    """Which report, and which revision of it, a piece of work or data belongs to."""

    workflow_id: WorkflowId
    request_id: RequestId
    tenant_id: TenantId = DEFAULT_TENANT
    revision: int = Field(default=1, ge=1)

    def at_revision(self, revision: int) -> Self:
        """Give the key of another revision of the same report."""
        return self.model_copy(update={"revision": revision})


class TokenUsage(WireModel):
    """Tokens that providers billed for a report."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: "TokenUsage") -> "TokenUsage":
        """Sum two usages."""
        return TokenUsage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
        )


class RevisionProgress(WireModel):
    """A finished draft: what asked for it, where it is, and what it took (all its calls together)."""

    revision: int
    instructions: str = ""
    draft: ArtifactRef
    title: str
    model: str
    usage: TokenUsage = TokenUsage()
    cost_usd: Decimal | None = None
    written_at: datetime


class ReportProgress(WireModel):
    """The answer of the workflow's `progress` query and the body of a progress event.

    `usage` and `cost_usd` are those of the finished revisions; `cost_usd` is None when a price is unknown.
    `paused` while nothing more is begun until somebody resumes the report. `review_until` is when a draft
    that waits for a decision has waited long enough.
    """

    workflow_id: WorkflowId
    request_id: RequestId
    tenant_id: TenantId = DEFAULT_TENANT
    status: ReportStatus
    step: Step | None = None
    revision: int = 1
    mode: ReportMode = ReportMode.AUTO
    steps: list[StepProgress] = Field(default_factory=list)
    title: str | None = None
    draft: ArtifactRef | None = None
    paused: bool = False
    revisions: list[RevisionProgress] = Field(default_factory=list)
    usage: TokenUsage = TokenUsage()
    cost_usd: Decimal | None = None
    review_until: datetime | None = None
    failure: Failure | None = None
    started_at: datetime | None = None
    updated_at: datetime | None = None


class ReportRecord(RequestOrigin):
    """A row of `reports`: what was asked, what came of it, and what it cost.

    `cost_usd` is None when the model's price is unknown, which is not the same as free.
    """

    workflow_id: WorkflowId
    request_id: RequestId
    tenant_id: TenantId = DEFAULT_TENANT
    producer: str
    status: ReportStatus
    paused: bool = False
    prompt: str
    mode: ReportMode = ReportMode.AUTO
    revision: int = 1
    title: str | None = None
    model: str | None = None
    draft: ArtifactRef | None = None
    pdf: ArtifactRef | None = None
    pages: int | None = None
    degraded: bool = False
    usage: TokenUsage = TokenUsage()
    cost_usd: Decimal | None = None
    failure: Failure | None = None
    accepted_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
