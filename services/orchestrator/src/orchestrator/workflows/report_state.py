"""What a running report knows of itself, and its views: progress for watchers, a record for the database."""

from datetime import datetime
from decimal import Decimal

from contracts.activities.llm import LlmCallOutput
from contracts.activities.pdf import CreatePdfOutput
from contracts.failures import Failure
from contracts.reports import (
    ReportKey,
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
from contracts.workflows import ReportInput


class ReportState:
    """Changed by the workflow only; every change is stamped with the workflow's own time."""

    def __init__(self, request: ReportInput, started_at: datetime) -> None:
        self._request = request
        self._started_at = started_at
        self._updated_at = started_at
        self._finished_at: datetime | None = None
        self._outcome: ReportStatus | None = None
        self._steps = {
            step: StepProgress(name=step)
            for step in Step
            if step is not Step.REVIEW or request.mode is ReportMode.REVIEW
        }
        self._step: Step | None = None
        self._usage = TokenUsage()
        self._cost_usd: Decimal | None = Decimal(0)
        self._revisions: list[RevisionProgress] = []
        self.status = ReportStatus.RUNNING
        self.revision = 1
        self.paused = False
        self.review_until: datetime | None = None
        self.answer: LlmCallOutput | None = None
        self.document: CreatePdfOutput | None = None
        self.failure: Failure | None = None

    @property
    def key(self) -> ReportKey:
        """The report at its current revision."""
        return self._request.report.at_revision(self.revision)

    def begin(self, step: Step, now: datetime) -> None:
        """Mark a step as running, and the one before it as done."""
        self._finish_current(StepState.DONE, now)
        self._step = step
        self._steps[step] = StepProgress(name=step, state=StepState.RUNNING, started_at=now)
        self.review_until = None
        waits = step is Step.REVIEW
        self.status = ReportStatus.WAITING_FOR_REVIEW if waits else ReportStatus.RUNNING
        self._updated_at = now

    def set_paused(self, paused: bool, now: datetime) -> None:  # noqa: FBT001 - it says what it sets
        """Mark the report as paused or resumed."""
        self.paused = paused
        self._updated_at = now

    def settle(self, outcome: ReportStatus, now: datetime, failure: Failure | None = None) -> None:
        """Decide how the report ends; watchers see it when `close` says that it is stored and announced."""
        states = {ReportStatus.FAILED: StepState.FAILED, ReportStatus.CANCELLED: StepState.CANCELLED}
        self._finish_current(states.get(outcome, StepState.DONE), now)
        self._outcome, self.failure = outcome, failure
        self.paused, self.review_until = False, None
        self._updated_at = self._finished_at = now

    def close(self, now: datetime) -> None:
        """Mark a settled report as ended."""
        self._finish_current(StepState.DONE, now)
        self.status = self._outcome or self.status
        self._updated_at = now

    def _finish_current(self, state: StepState, now: datetime) -> None:
        if self._step is None:
            return
        current = self._steps[self._step]
        if current.state is StepState.RUNNING:
            self._steps[self._step] = current.model_copy(update={"state": state, "finished_at": now})

    def take_answer(self, answer: LlmCallOutput, instructions: str, now: datetime) -> None:
        """Keep the model's answer and add what it took; an unknown price makes the whole cost unknown."""
        self.answer = answer
        self._revisions.append(
            RevisionProgress(
                revision=self.revision,
                instructions=instructions,
                draft=answer.draft,
                title=answer.title,
                model=answer.model,
                usage=answer.usage,
                cost_usd=answer.cost_usd,
                written_at=now,
            )
        )
        self._usage = self._usage + answer.usage
        known = self._cost_usd is not None and answer.cost_usd is not None
        self._cost_usd = (self._cost_usd or Decimal(0)) + (answer.cost_usd or Decimal(0)) if known else None

    @property
    def step(self) -> Step | None:
        """The step that was begun last."""
        return self._step

    @property
    def outcome(self) -> ReportStatus | None:
        """How a settled report ends; None before."""
        return self._outcome

    @property
    def usage(self) -> TokenUsage:
        """Tokens of all revisions so far."""
        return self._usage

    @property
    def cost_usd(self) -> Decimal | None:
        """Cost of all revisions so far; None when a price is unknown."""
        return self._cost_usd

    def progress(self) -> ReportProgress:
        """Give the view for watchers."""
        return ReportProgress(
            **self.key.model_dump(),
            status=self.status,
            step=self._step,
            mode=self._request.mode,
            steps=list(self._steps.values()),
            title=self.answer.title if self.answer else None,
            draft=self.answer.draft if self.answer else None,
            paused=self.paused,
            revisions=list(self._revisions),
            usage=self._usage,
            cost_usd=self._cost_usd,
            review_until=self.review_until,
            failure=self.failure,
            started_at=self._started_at,
            updated_at=self._updated_at,
        )

    def record(self) -> ReportRecord:
        """Give the view for the database."""
        return ReportRecord(
            **self.key.model_dump(),
            **self._request.origin(),
            producer=self._request.producer,
            status=self._outcome or self.status,
            paused=self.paused,
            prompt=self._request.prompt,
            mode=self._request.mode,
            title=self.answer.title if self.answer else None,
            model=self.answer.model if self.answer else None,
            draft=self.answer.draft if self.answer else None,
            pdf=self.document.pdf if self.document else None,
            pages=self.document.pages if self.document else None,
            degraded=self.document.degraded if self.document else False,
            usage=self._usage,
            cost_usd=self._cost_usd,
            failure=self.failure,
            accepted_at=self._request.accepted_at,
            started_at=self._started_at,
            finished_at=self._finished_at,
        )
