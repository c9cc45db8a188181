"""What is known of a report: from its row, its workflow, or the command that waits on the bus."""

from datetime import datetime
from decimal import Decimal

from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from pydantic import Field

from contracts.artifacts import ArtifactRef, draft_key
from contracts.commands import GenerateReport
from contracts.failures import Failure
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
from contracts.subjects import gateway_request
from gateway.connections import BusLink
from gateway.reading.batches import Batches, BatchNotFoundError
from gateway.reading.executions import Executions, TemporalUnavailableError
from gateway.reading.records import Records, RecordsUnavailableError
from runtime.bus import BusUnavailableError


class ReportNotFoundError(Exception):
    """No source knows the report, and every source was asked."""


class ReportStateUnknownError(Exception):
    """A source that might know the report does not answer."""


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


class Tracker:
    """Answers from the first source that is sure; an accepted report is always found."""

    def __init__(self, records: Records, executions: Executions, link: BusLink, batches: Batches) -> None:
        self._records = records
        self._executions = executions
        self._link = link
        self._batches = batches

    async def find(self, tenant_id: str, workflow_id: str) -> KnownReport:
        """Tell what is known of a report.

        Raises:
            ReportNotFoundError: it was never accepted here.
            ReportStateUnknownError: a source that might know it does not answer.

        """
        inquiry = _Inquiry(tenant_id, workflow_id)
        found = await self._started(inquiry) or await self._waiting(inquiry)
        # It may have been started, and its command have aged out, between the two questions.
        found = found or await self._started(inquiry)
        if found is not None:
            return found
        if inquiry.silent:
            raise ReportStateUnknownError(", ".join(inquiry.silent))
        raise ReportNotFoundError(workflow_id)

    async def _started(self, inquiry: "_Inquiry") -> KnownReport | None:
        record = await self._record(inquiry)
        if record is not None and record.status.is_terminal:
            return from_record(record)
        try:
            progress = await self._executions.progress(inquiry.workflow_id)
        except TemporalUnavailableError:
            inquiry.silent.append("Temporal")
            progress = None
        if isinstance(progress, ReportProgress):
            return from_progress(progress, record) if progress.tenant_id == inquiry.tenant_id else None
        if progress is not None and progress.is_terminal:
            # A report is recorded before its workflow closes: the row read above may be older than that.
            record = await self._record(inquiry) or record
        if record is not None:
            return from_record(record)
        return from_status(inquiry.tenant_id, inquiry.workflow_id, progress) if progress else None

    async def _record(self, inquiry: "_Inquiry") -> ReportRecord | None:
        try:
            return await self._records.find(inquiry.tenant_id, inquiry.workflow_id)
        except RecordsUnavailableError:
            inquiry.silent.append("PostgreSQL")
            return None

    async def _waiting(self, inquiry: "_Inquiry") -> KnownReport | None:
        subject = gateway_request(request_id_of(inquiry.workflow_id))
        try:
            message = await self._link.bus.jetstream.get_last_msg(subject.stream, subject.name)
        except NotFoundError:
            return await self._in_batch(inquiry)
        except (NatsError, OSError, BusUnavailableError):
            inquiry.silent.append("NATS")
            return None
        command = GenerateReport.model_validate_json(message.data or b"")
        return from_command(command) if command.tenant_id == inquiry.tenant_id else None

    async def _in_batch(self, inquiry: "_Inquiry") -> KnownReport | None:
        """Look for a row of a batch whose report was not started yet, or never will be."""
        batch_id, _, number = request_id_of(inquiry.workflow_id).rpartition("-")
        if not number.isdecimal():
            return None
        try:
            batch = await self._batches.find(inquiry.tenant_id, batch_id)
        except BatchNotFoundError:
            return None
        except RecordsUnavailableError:
            inquiry.silent.append("PostgreSQL")
            return None
        except BusUnavailableError:
            inquiry.silent.append("NATS")
            return None
        if not 1 <= int(number) <= batch.total or batch.report_id(int(number)) != inquiry.workflow_id:
            return None
        status = ReportStatus.CANCELLED if batch.status.is_terminal else ReportStatus.ACCEPTED
        return from_status(inquiry.tenant_id, inquiry.workflow_id, status)


class _Inquiry:
    def __init__(self, tenant_id: str, workflow_id: str) -> None:
        self.tenant_id = tenant_id
        self.workflow_id = workflow_id
        self.silent: list[str] = []


def request_id_of(workflow_id: str) -> str:
    """Give the request that became a workflow."""
    return workflow_id.removeprefix("report-")


def from_command(command: GenerateReport) -> KnownReport:
    """Describe a report that waits on the bus."""
    return KnownReport(
        workflow_id=command.workflow_id,
        request_id=command.request_id,
        tenant_id=command.tenant_id,
        status=ReportStatus.ACCEPTED,
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
