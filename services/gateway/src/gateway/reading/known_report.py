"""What is known of a report, from whichever source knew it."""

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from contracts.artifacts import ArtifactRef, draft_key
from contracts.commands import GenerateReport
from contracts.failures import Failure, FailureCode
from contracts.model import WireModel
from contracts.reports import (
    ReportMode,
    ReportProgress,
    ReportRecord,
    ReportStatus,
    RevisionProgress,
    Step,
    StepProgress,
    StepState,
    TokenUsage,
)

GIVEN_UP = Failure(
    code=FailureCode.INTERNAL_ERROR,
    message="The request could not be begun, and was set aside. Nothing was spent on it. "
    "An operator can send it again (`make dlq`), or ask anew.",
)


class KnownReport(WireModel):
    """The state of a report, put together from the sources that answered."""

    workflow_id: str
    request_id: str
    tenant_id: str
    status: ReportStatus
    revision: int = 1
    mode: ReportMode | None = None
    step: Step | None = None
    steps: list[StepProgress] = Field(default_factory=list)
    title: str | None = None
    prompt: str | None = None
    failure: Failure | None = None
    latest_draft: ArtifactRef | None = None
    paused: bool = False
    revisions: list[RevisionProgress] = Field(default_factory=list)
    usage: TokenUsage = TokenUsage()
    cost_usd: Decimal | None = None
    review_until: datetime | None = None
    record: ReportRecord | None = None
    accepted_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def draft(self) -> ArtifactRef | None:
        """The finished draft of the current revision; None while it is being written."""
        key = draft_key(self.tenant_id, self.workflow_id, self.revision)
        return self.latest_draft if self.latest_draft and self.latest_draft.key == key else None


def request_id_of(workflow_id: str) -> str:
    """Give the request that became a workflow."""
    return workflow_id.removeprefix("report-")


def from_command(command: GenerateReport, *, given_up: bool = False) -> KnownReport:
    """Describe a report that waits on the bus, or one whose request is a dead letter."""
    return KnownReport(
        workflow_id=command.workflow_id,
        request_id=command.request_id,
        tenant_id=command.tenant_id,
        status=ReportStatus.FAILED if given_up else ReportStatus.ACCEPTED,
        failure=GIVEN_UP if given_up else None,
        mode=command.mode,
        prompt=command.prompt,
        steps=_steps(command.mode, StepState.PENDING),
        accepted_at=command.requested_at,
    )


def from_progress(progress: ReportProgress, record: ReportRecord | None) -> KnownReport:
    """Describe a report that runs; its row adds what progress does not say."""
    return KnownReport(
        **progress.model_dump(exclude={"draft"}),
        latest_draft=progress.draft,
        prompt=record.prompt if record else None,
        accepted_at=record.accepted_at if record else None,
        record=record,
    )


def from_record(record: ReportRecord) -> KnownReport:
    """Describe a report from its row alone; steps are then known without their times."""
    return KnownReport(
        **record.model_dump(include=_SHARED_FIELDS),
        step=_recorded_step(record),
        steps=_recorded_steps(record),
        latest_draft=record.draft,
        updated_at=record.finished_at,
        record=record,
    )


def from_status(tenant_id: str, workflow_id: str, status: ReportStatus) -> KnownReport:
    """Describe a report of which nothing but its status is known now."""
    return KnownReport(
        workflow_id=workflow_id, request_id=request_id_of(workflow_id), tenant_id=tenant_id, status=status
    )


_SHARED_FIELDS = set(KnownReport.model_fields) & set(ReportRecord.model_fields)


def _steps(mode: ReportMode, state: StepState) -> list[StepProgress]:
    return [
        StepProgress(name=step, state=state)
        for step in Step
        if step is not Step.REVIEW or mode is ReportMode.REVIEW
    ]


def _recorded_steps(record: ReportRecord) -> list[StepProgress]:
    return [
        step.model_copy(update={"state": _recorded_state(step.name, record)})
        for step in _steps(record.mode, StepState.PENDING)
    ]


def _recorded_step(record: ReportRecord) -> Step | None:
    if record.status is ReportStatus.WAITING_FOR_REVIEW:
        return Step.REVIEW
    if record.failure is not None and record.failure.step in set(Step):
        return Step(record.failure.step)
    return None


def _recorded_state(step: Step, record: ReportRecord) -> StepState:
    ends = (Step.STORE_REPORT_METADATA, Step.SEND_NOTIFICATION)
    if record.status is ReportStatus.COMPLETED or (record.status.is_terminal and step in ends):
        return StepState.DONE
    if record.failure is not None and record.failure.step == step:
        return StepState.FAILED
    if step is Step.REVIEW and record.status is ReportStatus.WAITING_FOR_REVIEW:
        return StepState.RUNNING
    if record.status is ReportStatus.CANCELLED and step is _cancelled_step(record):
        return StepState.CANCELLED
    if step is Step.LLM_CALL and record.draft is not None:
        return StepState.DONE
    return StepState.PENDING


def _cancelled_step(record: ReportRecord) -> Step:
    if record.draft is None or record.draft.key != draft_key(
        record.tenant_id, record.workflow_id, record.revision
    ):
        return Step.LLM_CALL
    return Step.REVIEW if record.mode is ReportMode.REVIEW else Step.CREATE_PDF
