"""The report workflow: llm_call → (review) → create_pdf → store_report_metadata → send_notification."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from contracts.activities.llm import LlmActivities, LlmCallInput
    from contracts.activities.pdf import CreatePdfInput, PdfActivities
    from contracts.artifacts import ArtifactRef
    from contracts.events import (
        ReportCancelled,
        ReportCompleted,
        ReportDraftReady,
        ReportFailed,
    )
    from contracts.failures import FailureCode
    from contracts.reports import ReportMode, ReportProgress, ReportStatus, Step
    from contracts.workflows import (
        DECIDE_SIGNAL,
        GENERATE_REPORT_WORKFLOW,
        PROGRESS_QUERY,
        SUBMIT_DECISION_UPDATE,
        Decision,
        DecisionKind,
        ReportInput,
        ReportOutcome,
    )
    from orchestrator import policies
    from orchestrator.workflows.announcer import Announcer
    from orchestrator.workflows.failure_reasons import failure_of
    from orchestrator.workflows.recorder import Recorder
    from orchestrator.workflows.report_state import ReportState
    from orchestrator.workflows.review import Review

ResultT = TypeVar("ResultT")


@workflow.defn(name=GENERATE_REPORT_WORKFLOW)
class GenerateReportWorkflow:
    """One report, from the question to the announced PDF."""

    @workflow.init
    def __init__(self, request: ReportInput) -> None:
        self._request = request
        self._state = ReportState(request, workflow.now())
        self._review = Review(policies.MAX_REVISIONS)
        self._instructions: list[str] = []
        self._announcer = Announcer(request.traceparent)
        self._recorder = Recorder()

    @workflow.run
    async def run(self, request: ReportInput) -> ReportOutcome:
        """Write, review if asked to, render; then store and announce whatever came of it."""
        self._begin(Step.LLM_CALL)
        self._recorder.write_in_background(self._state.record())
        try:
            await self._write_until_approved(request)
            await self._render(request)
        except (ActivityError, ApplicationError, asyncio.CancelledError) as error:
            if is_cancelled_exception(error):
                await self._finish(ReportStatus.CANCELLED)
                raise
            await self._finish_failed(error)
        await self._uninterrupted(self._finish(ReportStatus.COMPLETED))
        return self._outcome()

    @workflow.query(name=PROGRESS_QUERY)
    def progress(self) -> ReportProgress:
        """Give the state of the report at this moment."""
        return self._state.progress()

    @workflow.update(name=SUBMIT_DECISION_UPDATE)
    async def submit_decision(self, decision: Decision) -> ReportProgress:
        """Decide about the draft that waits; refused decisions leave no trace in the history."""
        self._review.decide(decision)
        return self._state.progress()

    @submit_decision.validator
    def _check_decision(self, decision: Decision) -> None:
        self._review.check(decision)

    @workflow.signal(name=DECIDE_SIGNAL)
    def decide(self, decision: Decision) -> None:
        """Decide from another system, which gets no answer: a decision that cannot count is dropped."""
        try:
            self._review.check(decision)
        except ApplicationError as refusal:
            workflow.logger.warning("decision dropped: %s", refusal.type)
            return
        self._review.decide(decision)

    async def _write_until_approved(self, request: ReportInput) -> None:
        await self._write(request, previous_draft=None)
        while request.mode is ReportMode.REVIEW:
            decision = await self._decision()
            if decision.decision is DecisionKind.APPROVE:
                return
            if decision.decision is DecisionKind.REJECT:
                reason = decision.instructions or "The reviewer gave no reason."
                raise ApplicationError(f"The draft was rejected. {reason}", type=FailureCode.REVIEW_REJECTED)
            self._instructions.append(decision.instructions)
            previous_draft = self._state.answer.draft if self._state.answer else None
            self._state.revision += 1
            self._begin(Step.LLM_CALL)
            await self._write(request, previous_draft)

    async def _write(self, request: ReportInput, previous_draft: ArtifactRef | None) -> None:
        call = LlmCallInput(
            report=self._state.key,
            prompt=request.prompt,
            previous_draft=previous_draft,
            instructions=self._instructions,
        )
        answer = await workflow.execute_activity_method(
            LlmActivities.llm_call,
            call,
            summary=f"revision {self._state.revision}",
            **policies.LLM_CALL.options(),
        )
        self._state.take_answer(answer)

    async def _decision(self) -> Decision:
        self._review.open(self._state.revision)
        self._begin(Step.REVIEW)
        self._recorder.write_in_background(self._state.record())
        if self._state.answer:
            await self._announcer.send(
                ReportDraftReady(
                    **self._state.key.model_dump(),
                    title=self._state.answer.title,
                    draft=self._state.answer.draft,
                ),
                about=f"r{self._state.revision}",
            )
        try:
            await workflow.wait_condition(lambda: not self._review.is_open, timeout=policies.REVIEW_TIMEOUT)
        except TimeoutError:
            days = policies.REVIEW_TIMEOUT.days
            raise ApplicationError(
                f"Nobody decided about the draft within {days} days.", type=FailureCode.REVIEW_TIMED_OUT
            ) from None
        decision = self._review.close()
        assert decision is not None  # noqa: S101 - the condition waited for is that there is one
        return decision

    async def _render(self, request: ReportInput) -> None:
        answer = self._state.answer
        assert answer is not None  # noqa: S101 - _write set it
        self._begin(Step.CREATE_PDF)
        document = CreatePdfInput(
            report=self._state.key,
            draft=answer.draft,
            title=answer.title,
            prompt=request.prompt,
            model=answer.model,
            written_at=workflow.now(),
        )
        self._state.document = await workflow.execute_activity_method(
            PdfActivities.create_pdf, document, **policies.CREATE_PDF.options()
        )

    async def _finish_failed(self, error: BaseException) -> None:
        failure = failure_of(error)
        await self._uninterrupted(self._finish(ReportStatus.FAILED, error))
        raise ApplicationError(failure.message, type=failure.code, non_retryable=True) from error

    async def _finish(self, outcome: ReportStatus, error: BaseException | None = None) -> None:
        self._review.close()
        self._state.settle(outcome, workflow.now(), failure_of(error) if error else None)
        self._begin(Step.STORE_REPORT_METADATA)
        await self._recorder.write(self._state.record())
        # The ending itself is about to be announced; a sign of life before it would only delay it.
        self._state.begin(Step.SEND_NOTIFICATION, workflow.now())
        await self._announcer.send(self._ending())
        self._state.close(workflow.now())

    def _ending(self) -> ReportCompleted | ReportFailed | ReportCancelled:
        key = self._state.key.model_dump()
        if self._state.failure:
            return ReportFailed(**key, failure=self._state.failure)
        answer, document = self._state.answer, self._state.document
        if self._state.outcome is ReportStatus.CANCELLED or answer is None or document is None:
            return ReportCancelled(**key)
        return ReportCompleted(
            **key,
            title=answer.title,
            model=answer.model,
            pages=document.pages,
            degraded=document.degraded,
            pdf=document.pdf,
            draft=answer.draft,
            usage=self._state.usage,
            cost_usd=self._state.cost_usd,
        )

    def _outcome(self) -> ReportOutcome:
        answer, document = self._state.answer, self._state.document
        assert answer is not None  # noqa: S101 - only a completed report has an outcome
        assert document is not None  # noqa: S101 - as above
        return ReportOutcome(
            workflow_id=self._state.key.workflow_id,
            status=self._state.status,
            revision=self._state.revision,
            draft=answer.draft,
            pdf=document.pdf,
        )

    def _begin(self, step: Step) -> None:
        self._state.begin(step, workflow.now())
        workflow.set_current_details(f"{step}, revision {self._state.revision}")
        self._announcer.tell(self._state.progress())

    async def _uninterrupted(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Finish `work` even when the report is cancelled meanwhile: an ending is never half told."""
        task = asyncio.create_task(work)
        while True:
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                if task.cancelled():
                    raise
