"""Has a revision written: no call without a line in the ledger, none anew when one can be gone on with."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog

from contracts.activities.llm import ProviderCall, StoredAnswer
from contracts.failures import FailureCode
from llm_worker.assignment import Assignment
from llm_worker.bills import Outcome
from llm_worker.bookkeeping import Bookkeeping
from llm_worker.heartbeat import beat
from llm_worker.ledger import Ledger, LedgerCall, Paused
from llm_worker.live_draft import LiveDraft
from llm_worker.metrics import REATTACHMENTS
from llm_worker.providers.choice import Providers
from llm_worker.providers.faults import BackgroundNotOfferedError, ProviderFaultError, ResponseGoneError
from llm_worker.providers.provider import Answer, Api, Finished, Opened, Provider
from llm_worker.titles import title_of
from llm_worker.writing import Reader, Reading

# What is still done about an interrupted call; it must not keep a stopping worker for long.
LAST_WORDS_TIMEOUT = timedelta(seconds=3)

log = structlog.get_logger(__name__)


class PaidCalls:
    """Makes provider calls, or goes on with those that an earlier attempt began."""

    def __init__(self, providers: Providers, ledger: Ledger, books: Bookkeeping, reader: Reader) -> None:
        self._providers = providers
        self._ledger = ledger
        self._books = books
        self._reader = reader

    async def write(self, job: Assignment, draft: LiveDraft) -> StoredAnswer:
        """Get the answer. Its line in the ledger stays open until the answer is stored and accounted for.

        Raises:
            ProviderFaultError: the call failed; its line says how.

        """
        begun = await self._books.begun_earlier(job)
        await self._books.show_closed(job)
        if begun is not None:
            with suppress(ResponseGoneError):
                return await self._go_on(job, draft, begun)
        try:
            return await self._call(job, draft, self._providers.preferred)
        except BackgroundNotOfferedError:
            answer = await self._call(job, draft, self._providers.chat)
            self._providers.give_up_background()
            return answer

    async def _go_on(self, job: Assignment, draft: LiveDraft, call: LedgerCall) -> StoredAnswer:
        assert call.response_id is not None  # noqa: S101 - only such calls are found
        log.info("llm_call.reattaching", response_id=call.response_id)
        REATTACHMENTS.labels(by="later_attempt").inc()
        draft.begin(known=job.seen_of(call).shown_characters)
        return await self._read(job, draft, call, self._providers.background.resume(call.response_id))

    async def _call(self, job: Assignment, draft: LiveDraft, provider: Provider) -> StoredAnswer:
        begun = await self._ledger.begin(
            job.report, job.attempt, provider.api, job.sighting.wait_for_database
        )
        if isinstance(begun, Paused):
            raise ProviderFaultError(
                FailureCode.PROVIDER_RATE_LIMITED,
                retryable=True,
                outcome=Outcome.RATE_LIMITED,
                wait=begun.wait,
            )
        draft.begin()
        try:
            return await self._read(job, draft, begun, provider.answer(job.conversation.messages, begun.key))
        except BackgroundNotOfferedError:
            await self._books.refused(begun, Outcome.REJECTED)
            raise
        except ResponseGoneError as error:
            raise ProviderFaultError(
                FailureCode.PROVIDER_UNAVAILABLE,
                "it no longer has the answer that it began",
                retryable=True,
                outcome=Outcome.EXPIRED,
            ) from error

    async def _read(
        self, job: Assignment, draft: LiveDraft, call: LedgerCall, answer: Answer
    ) -> StoredAnswer:
        reading = Reading()
        try:
            finished = await self._listen(job, draft, call, answer, reading)
        except ProviderFaultError as fault:
            await self._books.failed(job, call, reading, fault)
            if not fault.resumable:
                await self._books.show_closed(job)
            raise
        except ResponseGoneError:
            await self._books.close(job, call, Outcome.EXPIRED, _seen(job, call, reading))
            raise
        except asyncio.CancelledError:
            with suppress(TimeoutError):
                last_words = self._books.interrupted(job, call, reading)
                await asyncio.wait_for(last_words, LAST_WORDS_TIMEOUT.total_seconds())
            raise
        return await self._answer(job, call, reading, finished)

    async def _listen(
        self, job: Assignment, draft: LiveDraft, call: LedgerCall, answer: Answer, reading: Reading
    ) -> Finished:
        sighting = job.sighting
        sighting.call_id, sighting.response_id = call.call_id, call.response_id
        sighting.received_characters = 0
        job.view.opened(job.conversation)
        if call.response_id is not None:
            await self._ledger.note_reattachment(call)

        def on_text(text: str) -> None:
            draft.write(text)
            sighting.received_characters = reading.received

        async def on_opened(opened: Opened) -> None:
            if not opened.resumable and call.api is Api.RESPONSES:
                self._providers.give_up_background()
            if opened.resumable and call.response_id is None:
                # Twice, before anything else: a killed worker's last heartbeat is lost, a row is not.
                sighting.response_id = opened.response_id
                beat(sighting)
                await self._ledger.note_response(call, opened.response_id)

        return await self._reader.read(answer, reading, on_text, on_opened)

    async def _answer(
        self, job: Assignment, call: LedgerCall, reading: Reading, finished: Finished
    ) -> StoredAnswer:
        response_id, usage = job.sighting.response_id, finished.usage
        if reading.ran_away and response_id is not None:
            usage = await self._books.stop_at_provider(response_id)
        settlement = self._books.answered(job, reading, usage)
        return StoredAnswer(
            text=reading.cleaner.report,
            title=title_of(reading.cleaner.report, job.conversation.prompt),
            model=finished.model,
            usage=settlement.bill.usage,
            cost_usd=settlement.bill.cost_usd,
            finish_reason=finished.finish_reason,
            call=ProviderCall(
                call_id=call.call_id,
                response_id=reading.opened.response_id if reading.opened else response_id,
                usage_estimated=settlement.estimated,
            ),
        )


def _seen(job: Assignment, call: LedgerCall, reading: Reading) -> int:
    return max(reading.received, job.seen_of(call).received_characters)
