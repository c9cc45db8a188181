"""The activity `llm_call`: found in the store, or asked for, watched, paid, kept."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from contracts.activities.llm import LlmActivities, LlmCallInput, LlmCallOutput, StoredAnswer
from contracts.failures import FailureCode
from contracts.reports import Step
from llm_worker.answers import Answers
from llm_worker.heartbeat import heartbeating
from llm_worker.live_draft import Publish, open_live_draft
from llm_worker.metrics import CALLS, CallOutcome
from llm_worker.prompts import Conversation, ask_for_report
from llm_worker.providers.faults import ProviderFaultError
from llm_worker.writing import Writer
from runtime.artifacts import CorruptArtifactError

log = structlog.get_logger(__name__)


class LlmCall(LlmActivities):
    """Writes reports with one provider; `publish` shows the text while it is written."""

    def __init__(self, writer: Writer, answers: Answers, publish: Publish) -> None:
        self._writer = writer
        self._answers = answers
        self._publish = publish

    @activity.defn(name=Step.LLM_CALL)
    async def llm_call(self, call: LlmCallInput) -> LlmCallOutput:
        """Write one revision; an answer that an earlier attempt stored is returned and nobody is called."""
        with (
            _outcome_counted() as outcome,
            structlog.contextvars.bound_contextvars(
                workflow_id=call.report.workflow_id, revision=call.report.revision
            ),
        ):
            async with heartbeating():
                answer = await self._answers.find(call.report)
                if answer is None:
                    answer = await self._pay_for(call)
                    outcome.value = CallOutcome.ANSWERED
                else:
                    outcome.value = CallOutcome.FOUND
                draft = await self._answers.keep_draft(call.report, answer)
            log.info("llm_call.done", model=answer.model, **answer.usage.model_dump())
            return LlmCallOutput(draft=draft, **answer.model_dump(exclude={"text"}))

    async def _pay_for(self, call: LlmCallInput) -> StoredAnswer:
        conversation = await self._conversation(call)
        attempt = activity.info().attempt
        async with open_live_draft(self._publish, call.report, attempt) as draft:
            answer = await self._writer.write(conversation, draft.write)
            return await self._answers.keep(call.report, answer)

    async def _conversation(self, call: LlmCallInput) -> Conversation:
        if call.previous_draft is None:
            return ask_for_report(call.prompt, instructions=call.instructions)
        previous = await self._answers.read_draft(call.previous_draft)
        return ask_for_report(call.prompt, previous, call.instructions)


@dataclass
class _Outcome:
    value: CallOutcome | FailureCode = CallOutcome.ERROR


@contextmanager
def _outcome_counted() -> Iterator[_Outcome]:
    """Turn what goes wrong into the failure that Temporal is to see, and count how the call ended."""
    outcome = _Outcome()
    try:
        yield outcome
    except ProviderFaultError as fault:
        outcome.value = fault.code
        log.warning("llm_call.failed", code=fault.code, retryable=fault.retryable, reason=str(fault))
        raise ApplicationError(
            str(fault), type=fault.code, non_retryable=not fault.retryable, next_retry_delay=fault.wait
        ) from fault
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
        CALLS.labels(outcome=outcome.value).inc()
