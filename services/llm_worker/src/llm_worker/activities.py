"""The activity `llm_call`: found in the store, or asked for, watched, paid, kept."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from contracts.activities.llm import LlmActivities, LlmCallInput, LlmCallOutput, StoredAnswer
from contracts.failures import FailureCode
from contracts.reports import Step
from llm_worker.answers import Answers
from llm_worker.assignment import Assignment
from llm_worker.bookkeeping import Bookkeeping
from llm_worker.heartbeat import Sighting, heartbeating, last_sighting
from llm_worker.interruption import HandedOverError, until_stopped
from llm_worker.live_draft import Publish, open_live_draft
from llm_worker.metrics import ATTEMPTS, RETRIES, CallOutcome
from llm_worker.paid_calls import PaidCalls
from llm_worker.prompts import Conversation, ask_for_report
from llm_worker.providers.faults import ProviderFaultError
from runtime.artifacts import CorruptArtifactError

HANDED_OVER = "handed_over"
# Zero would mean: after the policy's own interval.
AT_ONCE = timedelta(milliseconds=1)
LONGEST_SPREAD = timedelta(seconds=2)

log = structlog.get_logger(__name__)


class LlmCall(LlmActivities):
    """Writes reports; `publish` shows the text while it is written.

    A worker that is told to stop gives a running call `finish_on_stop`, unless another worker can go on with
    it.
    """

    def __init__(
        self,
        calls: PaidCalls,
        books: Bookkeeping,
        answers: Answers,
        publish: Publish,
        *,
        finish_on_stop: timedelta,
    ) -> None:
        self._calls = calls
        self._books = books
        self._answers = answers
        self._publish = publish
        self._finish_on_stop = finish_on_stop

    @activity.defn(name=Step.LLM_CALL)
    async def llm_call(self, call: LlmCallInput) -> LlmCallOutput:
        """Write one revision; an answer that an earlier attempt stored is returned and nobody is called."""
        earlier = last_sighting(activity.info().heartbeat_details)
        sighting = earlier.model_copy(update={"waiting_for": None})

        def finish_within() -> timedelta:
            untouched = sighting.call_id == earlier.call_id
            return timedelta(0) if untouched or sighting.response_id else self._finish_on_stop

        with (
            _outcome_counted() as outcome,
            structlog.contextvars.bound_contextvars(
                workflow_id=call.report.workflow_id, revision=call.report.revision
            ),
        ):
            async with heartbeating(sighting):
                writing = self._write(call, sighting, earlier, outcome)
                return await until_stopped(writing, finish_within)

    async def _write(
        self, call: LlmCallInput, sighting: Sighting, earlier: Sighting, outcome: "_Outcome"
    ) -> LlmCallOutput:
        stored = await self._answers.find(call.report)
        conversation = await self._conversation(call)
        job = Assignment(call.report, activity.info().attempt, conversation, sighting, earlier)
        written: list[StoredAnswer] = []
        if stored is None:
            async with open_live_draft(self._publish, call.report, job.attempt, sighting.note_shown) as draft:
                written = [await self._calls.write(job, draft)]
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


@dataclass
class _Outcome:
    value: CallOutcome | FailureCode = CallOutcome.ERROR
    is_retried: bool = False


@contextmanager
def _outcome_counted() -> Iterator[_Outcome]:
    """Turn what goes wrong into the failure that Temporal is to see, and count how the call ended."""
    outcome = _Outcome()
    try:
        yield outcome
    except ProviderFaultError as fault:
        outcome.value = fault.code
        outcome.is_retried = fault.retryable
        log.warning("llm_call.failed", code=fault.code, retryable=fault.retryable, reason=str(fault))
        raise ApplicationError(
            str(fault),
            type=fault.code,
            non_retryable=not fault.retryable,
            next_retry_delay=_spread(fault.wait),
            # A wait that was asked for is no failure.
            category=ApplicationErrorCategory.BENIGN
            if fault.is_wait
            else ApplicationErrorCategory.UNSPECIFIED,
        ) from fault
    except HandedOverError as error:
        outcome.value = CallOutcome.HANDED_OVER
        outcome.is_retried = True
        raise ApplicationError(
            "The worker stops and hands the call over.",
            type=HANDED_OVER,
            next_retry_delay=AT_ONCE,
            category=ApplicationErrorCategory.BENIGN,
        ) from error
    except (CorruptArtifactError, ValidationError) as error:
        outcome.value = FailureCode.INTERNAL_ERROR
        raise ApplicationError(
            "A stored text of this report is damaged. Ask for the report again.",
            type=FailureCode.INTERNAL_ERROR,
            non_retryable=True,
        ) from error
    except asyncio.CancelledError:
        outcome.value = CallOutcome.CANCELLED
        raise
    finally:
        ATTEMPTS.labels(outcome=outcome.value).inc()
        if outcome.is_retried:
            RETRIES.labels(reason=outcome.value).inc()


def _spread(wait: timedelta | None) -> timedelta | None:
    # Those who wait for the same moment must not all come back in it.
    return None if wait is None else wait + random.random() * min(wait / 10, LONGEST_SPREAD)  # noqa: S311 - not a secret
