"""The report workflow: llm_call → (review) → create_pdf → store_report_metadata → send_notification."""

import asyncio
from functools import partial

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from contracts.activities.llm import LlmActivities, LlmCallInput
    from contracts.activities.pdf import CreatePdfInput, PdfActivities
    from contracts.artifacts import ArtifactRef
    from contracts.events import ReportPaused, ReportResumed
    from contracts.failures import FailureCode
    from contracts.reports import ReportMode, ReportProgress, ReportStatus, Step
    from contracts.workflows import (
        DECIDE_SIGNAL,
        GENERATE_REPORT_WORKFLOW,
        PAUSE_UPDATE,
        PROGRESS_QUERY,
        RESUME_UPDATE,
        SUBMIT_DECISION_UPDATE,
        Decision,
        DecisionKind,
        ReportInput,
        ReportOutcome,
    )
    from orchestrator import policies
    from orchestrator.workflows.announcer import Announcer
    from orchestrator.workflows.details import current_details
    from orchestrator.workflows.endings import ending_of, outcome_of
    from orchestrator.workflows.failure_reasons import failure_of
    from orchestrator.workflows.pause import Pause
    from orchestrator.workflows.recorder import Recorder
    from orchestrator.workflows.report_state import ReportState
    from orchestrator.workflows.review import Review
    from orchestrator.workflows.uninterrupted import uninterrupted
    from orchestrator.workflows.waiting_for_review import WaitingForReview


@workflow.defn(name=GENERATE_REPORT_WORKFLOW)
class GenerateReportWorkflow:
    """One report, from the question to the announced PDF."""

    @workflow.init
    def __init__(self, request: ReportInput) -> None:
        self._request = request
        self._state = ReportState(request, workflow.now())
        self._review = Review(policies.MAX_REVISIONS)
        self._pause = Pause()
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
        await uninterrupted(self._finish(ReportStatus.COMPLETED))
        return outcome_of(self._state)

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
            workflow.logger.warning("decision.dropped", extra={"refusal": refusal.type})
            return
        self._review.decide(decision)

    @workflow.update(name=PAUSE_UPDATE)
    async def pause(self) -> ReportProgress:
        """Stop the running step until the report is resumed; a paused report stays as it is."""
        self._set_paused()
        return self._state.progress()

    @pause.validator
    def _check_pause(self) -> None:
        self._pause.check()

    @workflow.signal(name=PAUSE_UPDATE)
    def pause_by_signal(self) -> None:
        """Pause from another system, which gets no answer."""
        try:
            self._pause.check()
        except ApplicationError as refusal:
            workflow.logger.warning("pause.dropped", extra={"refusal": refusal.type})
            return
        self._set_paused()

    @workflow.update(name=RESUME_UPDATE)
    async def resume(self) -> ReportProgress:
        """Go on where the report was paused; one that is not paused stays as it is."""
        self._set_resumed()
        return self._state.progress()

    @workflow.signal(name=RESUME_UPDATE)
    def resume_by_signal(self) -> None:
        """Resume from another system, which gets no answer."""
        self._set_resumed()

    def _set_paused(self) -> None:
        if self._pause.begin():
            self._tell_pause(ReportPaused)

    def _set_resumed(self) -> None:
        if self._pause.end():
            self._tell_pause(ReportResumed)

    def _tell_pause(self, kind: type[ReportPaused] | type[ReportResumed]) -> None:
        self._state.set_paused(self._pause.is_on, workflow.now())
        self._recorder.write_in_background(self._state.record())
        event = kind(**self._state.key.model_dump(), progress=self._state.progress())
        self._announcer.send_in_background(event, about=str(self._pause.count))
        self._show_details()

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
        start = partial(
            workflow.start_activity_method,
            LlmActivities.llm_call,
            call,
            summary=f"revision {self._state.revision}",
            **policies.LLM_CALL.options(),
        )
        answer = await self._pause.step(start)
        self._state.take_answer(answer, self._instructions[-1] if previous_draft else "", workflow.now())

    async def _decision(self) -> Decision:
        self._review.open(self._state.revision)
        self._begin(Step.REVIEW)
        self._recorder.write_in_background(self._state.record())
        parts = self._review, self._pause, self._state, self._announcer, self._show_details
        return await WaitingForReview(*parts).decision(self._request)

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
        start = partial(
            workflow.start_activity_method,
            PdfActivities.create_pdf,
            document,
            summary=f"revision {self._state.revision}",
            **policies.CREATE_PDF.options(),
        )
        self._state.document = await self._pause.step(start)

    async def _finish_failed(self, error: BaseException) -> None:
        failure = failure_of(error)
        await uninterrupted(self._finish(ReportStatus.FAILED, error))
        raise ApplicationError(failure.message, type=failure.code, non_retryable=True) from error

    async def _finish(self, outcome: ReportStatus, error: BaseException | None = None) -> None:
        self._review.close()
        self._pause.end_for_good()
        was_writing = self._state.step is Step.LLM_CALL
        self._state.settle(outcome, workflow.now(), failure_of(error) if error else None)
        if was_writing:
            await self._discard_call()
        try:
            await self._store_and_announce()
        except ActivityError as unstored:
            # After days: the sweep ends the row and announces it when the stores are back.
            failure = failure_of(unstored)
            raise ApplicationError(failure.message, type=failure.code, non_retryable=True) from unstored
        self._state.close(workflow.now())

    async def _store_and_announce(self) -> None:
        self._begin(Step.STORE_REPORT_METADATA)
        await self._recorder.write(self._state.record())
        # The ending itself is about to be announced; a sign of life before it would only delay it.
        self._state.begin(Step.SEND_NOTIFICATION, workflow.now())
        self._show_details()
        await self._announcer.send(ending_of(self._state))

    async def _discard_call(self) -> None:
        """Before the record, which says what the report cost."""
        try:
            await workflow.execute_activity_method(
                LlmActivities.discard_llm_call,
                self._state.key,
                summary=f"revision {self._state.revision}",
                **policies.DISCARD_LLM_CALL.options(),
            )
        except ActivityError:
            # The worker's own sweep does it later.
            workflow.logger.warning("llm_call.not_discarded")

    def _begin(self, step: Step) -> None:
        self._state.begin(step, workflow.now())
        self._show_details()
        self._announcer.tell(self._state.progress())

    def _show_details(self) -> None:
        workflow.set_current_details(current_details(self._state.progress()))
