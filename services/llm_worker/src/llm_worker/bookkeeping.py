"""How each call's line in the ledger is closed, whatever became of the call."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog

from contracts.activities.llm import StoredAnswer
from contracts.reports import ReportKey, TokenUsage
from llm_worker import metrics
from llm_worker.assignment import Assignment
from llm_worker.bills import NO_BILL, Accountant, Bill, Outcome, Settlement
from llm_worker.heartbeat import Sighting
from llm_worker.interruption import Interruption, interruption
from llm_worker.ledger import Ledger, LedgerCall
from llm_worker.prompts import Conversation
from llm_worker.providers.faults import ProviderFaultError, ResponseGoneError
from llm_worker.providers.provider import Api, BackgroundProvider
from llm_worker.writing import Reading

LONGEST_UNNAMED_PAUSE = timedelta(minutes=1)
# A model that has nothing to say, or thinks until its tokens are used up, would be paid for until the step's
# time is over.
MOST_UNUSABLE = 5
# Those who cancelled the report wait for its end.
LONGEST_STOP = timedelta(seconds=4)
_OUTCOMES = {
    Interruption.CANCELLED: Outcome.CANCELLED,
    Interruption.STOPPING: Outcome.HANDED_OVER,
    Interruption.LOST: Outcome.ABANDONED,
}
_REFUSED = frozenset({Outcome.RATE_LIMITED, Outcome.REJECTED, Outcome.UNAVAILABLE})

NOTHING_KNOWN = Conversation("", ())

log = structlog.get_logger(__name__)


class Bookkeeping:
    """Closes lines, and stops at the provider what nobody will read."""

    def __init__(self, ledger: Ledger, accountant: Accountant, background: BackgroundProvider) -> None:
        self._ledger = ledger
        self.accountant = accountant
        self._background = background

    async def begun_earlier(self, job: Assignment) -> LedgerCall | None:
        """Give the call that can be gone on with; close the others that a dead worker left open."""
        found: LedgerCall | None = None
        for call in await self._ledger.unsettled(job.report, job.sighting.wait_for_database):
            seen = job.seen_of(call)
            begun = replace(call, response_id=call.response_id or seen.response_id)
            same_provider = begun.endpoint.provider == self._ledger.endpoint.provider
            if found is None and same_provider and begun.response_id and begun.api is Api.RESPONSES:
                found = begun
            else:
                await self.close(job, begun, Outcome.ABANDONED, seen.received_characters)
        return found

    def answered(self, job: Assignment, reading: Reading, usage: TokenUsage | None) -> Settlement:
        """Say what an answer came to, before its line is closed."""
        return self.accountant.settle(Outcome.ANSWERED, job.conversation, reading.received, usage)

    async def account(self, job: Assignment, *answers: StoredAnswer) -> Bill:
        """Close every line of the revision, now that these answers were written; give their sum."""
        for answer in answers:
            if answer.call is not None:
                settlement = Settlement(
                    Outcome.ANSWERED,
                    Bill(answer.usage, answer.cost_usd),
                    answer.call.usage_estimated,
                    answer.call.response_id,
                    answer.model,
                )
                await self._settle(answer.call.call_id, settlement, job.sighting)
        for call in await self._ledger.unsettled(job.report, job.sighting.wait_for_database):
            usage = await self.stop_at_provider(call.response_id) if call.response_id else None
            await self.close(job, call, Outcome.ABANDONED, job.seen_of(call).received_characters, usage)
        return await self.show_closed(job)

    async def show_closed(self, job: Assignment) -> Bill:
        """Give what the revision's closed calls came to, and show it to watchers."""
        total = await self._ledger.total(job.report, job.sighting.wait_for_database)
        job.view.closed(total.bill, estimated=total.estimated)
        return total.bill

    async def failed(
        self, job: Assignment, call: LedgerCall, reading: Reading, fault: ProviderFaultError
    ) -> None:
        """Close a failed call's line, unless it can be gone on with; a wait is made everyone's.

        A fault whose answer was one unusable answer too many is not retried any more.
        """
        if fault.is_wait:
            unnamed = min(timedelta(seconds=2 ** min(job.attempt, 6)), LONGEST_UNNAMED_PAUSE)
            # Waiting for longer than the step may take would end it instead.
            fault.wait = await self._ledger.pause(fault.wait or unnamed)
        if fault.resumable:
            return
        if fault.outcome in _REFUSED and fault.usage is None and not reading.received:
            await self.refused(call, fault.outcome)
        else:
            await self.close(job, call, fault.outcome, reading.received, fault.usage)
        if fault.outcome is Outcome.UNUSABLE and fault.retryable:
            found = await self._ledger.unusable(job.report, job.sighting.wait_for_database)
            fault.retryable = found < MOST_UNUSABLE

    async def refused(self, call: LedgerCall, outcome: Outcome) -> None:
        """Close the line of a call that cost nothing."""
        await self._settle(call.call_id, self.accountant.free(outcome))

    async def interrupted(self, job: Assignment, call: LedgerCall, reading: Reading) -> None:
        """Close the line of a call that is stopped from outside, unless another worker can go on with it."""
        response_id = job.sighting.response_id
        if response_id is None:
            why = interruption()
            # Whether the provider has begun is not known before it has said so.
            unknown = why is Interruption.CANCELLED and reading.opened is None
            await self.close(job, call, Outcome.CUT if unknown else _OUTCOMES[why], reading.received)
        elif call.response_id is None:
            # It may have been interrupted in the middle of this.
            await self._ledger.note_response(call, response_id)

    async def discard(self, report: ReportKey) -> None:
        """Stop what is still being written for a revision, and close its lines."""
        for call in await self._ledger.unsettled(report):
            await self.close_orphan(call, Outcome.CANCELLED if call.response_id else Outcome.ABANDONED)

    async def close_orphan(self, call: LedgerCall, outcome: Outcome = Outcome.ABANDONED) -> None:
        """Close the line of a call that no attempt comes back to; only the provider can say what it cost."""
        usage = await self.stop_at_provider(call.response_id) if call.response_id else None
        await self._settle(call.call_id, self.accountant.settle(outcome, NOTHING_KNOWN, 0, usage))

    async def stop_at_provider(self, response_id: str) -> TokenUsage | None:
        """Have the provider write no further; give what it billed, if it says so."""
        try:
            async with asyncio.timeout(LONGEST_STOP.total_seconds()):
                return await self._background.cancel(response_id)
        except (ProviderFaultError, ResponseGoneError, TimeoutError) as error:
            log.warning("llm_call.not_stopped_at_provider", response_id=response_id, reason=repr(error))
            return None

    async def close(
        self,
        job: Assignment,
        call: LedgerCall,
        outcome: Outcome,
        seen_characters: int,
        usage: TokenUsage | None = None,
    ) -> None:
        """Close the line of a call that may have been billed."""
        settlement = self.accountant.settle(outcome, job.conversation, seen_characters, usage)
        await self._settle(call.call_id, replace(settlement, response_id=call.response_id), job.sighting)

    async def _settle(self, call_id: UUID, settlement: Settlement, sighting: Sighting | None = None) -> None:
        waiting = (sighting or Sighting()).wait_for_database
        if await self._ledger.settle(call_id, settlement, waiting):
            _count(settlement, self._ledger.endpoint.model)


def _count(settlement: Settlement, model: str) -> None:
    metrics.PROVIDER_CALLS.labels(outcome=settlement.outcome).inc()
    if settlement.bill == NO_BILL:
        return
    usage, cost_usd = settlement.bill.usage, settlement.bill.cost_usd
    for token_type, tokens in (("input", usage.input_tokens), ("output", usage.output_tokens)):
        metrics.TOKEN_USAGE.labels(**metrics.gen_ai(model), gen_ai_token_type=token_type).observe(tokens)
    if cost_usd is None:
        metrics.UNPRICED.inc()
    else:
        metrics.COST.labels(gen_ai_request_model=model).inc(float(cost_usd))
    if settlement.estimated:
        metrics.ESTIMATED.inc()
