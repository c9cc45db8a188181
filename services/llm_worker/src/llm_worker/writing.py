"""From the items of one call to the answer as it is to be kept."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from time import monotonic

from contracts.failures import FailureCode
from llm_worker.bills import Outcome
from llm_worker.cleaning import AnswerCleaner
from llm_worker.metrics import OPERATION_DURATION, TIME_TO_FIRST_CHUNK, gen_ai
from llm_worker.providers.faults import ProviderFaultError
from llm_worker.providers.provider import Answer, Finished, Opened, TextPiece
from runtime import tracing
from runtime.tracing import Attributes, AttributeValue, Kind

# No tokenizer's words are this long on average: beyond it, the endpoint ignores the token limit.
MAX_CHARACTERS_PER_TOKEN = 16

CUT_SHORT = "length"
WITHHELD = "content_filter"

OnText = Callable[[str], None]
OnOpened = Callable[[Opened], Awaitable[None]]


@dataclass
class Reading:
    """What one call has given so far: `received` counts characters, thoughts and all."""

    received: int = 0
    opened: Opened | None = None
    finished: Finished | None = None
    ran_away: bool = False
    cleaner: AnswerCleaner = field(default_factory=AnswerCleaner)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads answers, each to its end or to the limit that the endpoint should have kept."""

    fallback_model: str
    max_output_tokens: int

    async def read(self, answer: Answer, reading: Reading, on_text: OnText, on_opened: OnOpened) -> Finished:
        """Read one answer; `on_text` is given the report's text while it arrives.

        Raises:
            ProviderFaultError: the call failed, or its answer holds no text.

        """
        model, limit = self.fallback_model, self.max_output_tokens
        with _timed(model), tracing.span(f"chat {model}", Kind.CLIENT, _asked(model, limit)) as note:
            finished = await self._read(answer, reading, on_text, on_opened)
            note(_answered(reading, finished))
            if not reading.cleaner.report:
                raise _nothing_in(finished)
        return finished

    async def _read(self, answer: Answer, reading: Reading, on_text: OnText, on_opened: OnOpened) -> Finished:
        started = monotonic()
        async with aclosing(answer) as items:
            async for item in items:
                match item:
                    case Finished():
                        reading.finished = item
                    case Opened():
                        reading.opened = item
                        await on_opened(item)
                    case TextPiece(text):
                        if not reading.received:
                            labels = gen_ai(self.fallback_model)
                            TIME_TO_FIRST_CHUNK.labels(**labels).observe(monotonic() - started)
                        reading.received += len(text)
                        on_text(reading.cleaner.feed(text))
                if reading.received > self.max_output_tokens * MAX_CHARACTERS_PER_TOKEN:
                    reading.ran_away = reading.finished is None
                    break
        on_text(reading.cleaner.finish())
        return reading.finished or Finished(self.fallback_model, CUT_SHORT, usage=None)


def _asked(model: str, max_tokens: int) -> Attributes:
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "gen_ai.request.max_tokens": max_tokens,
    }


def _answered(reading: Reading, finished: Finished) -> Attributes:
    attributes: dict[str, AttributeValue] = {
        "gen_ai.response.model": finished.model,
        "gen_ai.response.finish_reasons": [finished.finish_reason],
    }
    if reading.opened is not None:
        attributes["gen_ai.response.id"] = reading.opened.response_id
    if finished.usage is not None:
        attributes["gen_ai.usage.input_tokens"] = finished.usage.input_tokens
        attributes["gen_ai.usage.output_tokens"] = finished.usage.output_tokens
    return attributes


@contextmanager
def _timed(model: str) -> Iterator[None]:
    started, error_type = monotonic(), "_OTHER"
    try:
        yield
        error_type = ""
    except ProviderFaultError as fault:
        error_type = fault.code
        raise
    except asyncio.CancelledError:
        error_type = "cancelled"
        raise
    finally:
        seconds = monotonic() - started
        OPERATION_DURATION.labels(**gen_ai(model), error_type=error_type).observe(seconds)


def _nothing_in(finished: Finished) -> ProviderFaultError:
    withheld = finished.finish_reason == WITHHELD
    return ProviderFaultError(
        FailureCode.PROVIDER_REJECTED_REQUEST if withheld else FailureCode.PROVIDER_ANSWER_INVALID,
        "the provider withheld the answer" if withheld else "it holds no text",
        retryable=not withheld,
        outcome=Outcome.UNUSABLE,
        usage=finished.usage,
    )
