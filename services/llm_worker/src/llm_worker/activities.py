"""The activity `llm_call`: found in the store, or asked for, watched, paid, kept."""

from contextlib import AbstractContextManager
from datetime import timedelta

import structlog
from temporalio import activity

from contracts.activities.llm import (
    DISCARD_LLM_CALL,
    LlmActivities,
    LlmCallInput,
    LlmCallOutput,
    StoredAnswer,
)
from contracts.reports import ReportKey, Step
from llm_worker.answers import Answers
from llm_worker.assignment import Assignment
from llm_worker.bookkeeping import Bookkeeping
from llm_worker.heartbeat import Sighting, heartbeating, last_sighting
from llm_worker.interruption import until_stopped
from llm_worker.live_draft import Publish, open_live_draft
from llm_worker.live_view import LiveView, shown
from llm_worker.metrics import CallOutcome
from llm_worker.outcomes import AttemptOutcome, outcome_counted
from llm_worker.paid_calls import PaidCalls
from llm_worker.prompts import Conversation, ask_for_report
from runtime.live_status import PublishStatus

log = structlog.get_logger(__name__)


class LlmCall(LlmActivities):
    """Writes reports; `publish` shows the text while it is written, `tell` what becomes of the call.

    A worker that is told to stop gives a running call `finish_on_stop`, unless another worker can go on with
    it.
    """

    def __init__(  # noqa: PLR0913 - what a call needs, by name
        self,
        *,
        calls: PaidCalls,
        books: Bookkeeping,
        answers: Answers,
        publish: Publish,
        tell: PublishStatus,
        finish_on_stop: timedelta,
    ) -> None:
        self._calls = calls
        self._books = books
        self._answers = answers
        self._publish = publish
        self._tell = tell
        self._finish_on_stop = finish_on_stop

    @activity.defn(name=Step.LLM_CALL)
    async def llm_call(self, call: LlmCallInput) -> LlmCallOutput:
        """Write one revision; an answer that an earlier attempt stored is returned and nobody is called."""
        earlier = last_sighting(activity.info().heartbeat_details)
        sighting = earlier.model_copy(update={"waiting_for": None, "answered": False})
        view = LiveView(call.report, activity.info().attempt, sighting, self._books.accountant)

        def finish_within() -> timedelta:
            untouched = sighting.call_id == earlier.call_id
            return timedelta(0) if untouched or sighting.response_id else self._finish_on_stop

        async with shown(self._tell, view), heartbeating(sighting):
            with outcome_counted() as outcome, _named_in_logs(call.report):
                writing = self._write(call, view, earlier, outcome)
                return await until_stopped(writing, finish_within, lambda: sighting.answered)

    @activity.defn(name=DISCARD_LLM_CALL)
    async def discard_llm_call(self, report: ReportKey) -> None:
        """Stop at the provider what is still being written for a revision that nobody will read."""
        with _named_in_logs(report):
            await self._books.discard(report)

    async def _write(
        self, call: LlmCallInput, view: LiveView, earlier: Sighting, outcome: AttemptOutcome
    ) -> LlmCallOutput:
        sighting = view.sighting
        stored = await self._answers.find(call.report)
        conversation = await self._conversation(call)
        job = Assignment(call.report, activity.info().attempt, conversation, sighting, earlier, view)
        written: list[StoredAnswer] = []
        if stored is None:
            async with open_live_draft(self._publish, call.report, job.attempt, sighting.note_shown) as draft:
                written = [await self._calls.write(job, draft)]
                sighting.answered = True
                stored = await self._answers.keep(call.report, written[0], sighting.wait_for_store)
        draft_ref = await self._answers.keep_draft(call.report, stored, sighting.wait_for_store)
        bill = await self._books.account(job, *written, stored)
        outcome.value = CallOutcome.ANSWERED if written else CallOutcome.FOUND
        usage, cost_usd = bill.usage, bill.cost_usd
        if stored.call is None:  # written before there was a ledger
            usage, cost_usd = stored.usage, stored.cost_usd
        log.info("llm_call.done", model=stored.model, **usage.model_dump())
        return LlmCallOutput(
            draft=draft_ref,
            title=stored.title,
            model=stored.model,
            usage=usage,
            cost_usd=cost_usd,
            finish_reason=stored.finish_reason,
        )

    async def _conversation(self, call: LlmCallInput) -> Conversation:
        if call.previous_draft is None:
            return ask_for_report(call.prompt, instructions=call.instructions)
        previous = await self._answers.read_draft(call.previous_draft)
        return ask_for_report(call.prompt, previous, call.instructions)


def _named_in_logs(report: ReportKey) -> AbstractContextManager[object]:
    return structlog.contextvars.bound_contextvars(workflow_id=report.workflow_id, revision=report.revision)
