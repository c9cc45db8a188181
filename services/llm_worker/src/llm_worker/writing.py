"""One paid call, from the messages to the answer as it is to be kept."""

from collections.abc import Callable
from contextlib import aclosing
from time import monotonic

from contracts.activities.llm import StoredAnswer
from contracts.failures import FailureCode
from contracts.reports import TokenUsage
from llm_worker.cleaning import AnswerCleaner
from llm_worker.metrics import CALL_SECONDS, FIRST_TOKEN_SECONDS, TOKENS
from llm_worker.prices import Prices
from llm_worker.prompts import Conversation
from llm_worker.providers.faults import ProviderFaultError
from llm_worker.providers.provider import Finished, Provider, TextPiece
from llm_worker.titles import title_of

# No tokenizer's words are this long on average: beyond it, the endpoint ignores the token limit.
MAX_CHARACTERS_PER_TOKEN = 16

CUT_SHORT = "length"
WITHHELD = "content_filter"


class Writer:
    """Calls the provider and makes of its answer a report, a title, a usage and a cost."""

    def __init__(
        self, provider: Provider, prices: Prices, *, fallback_model: str, max_output_tokens: int
    ) -> None:
        self._provider = provider
        self._prices = prices
        self._fallback_model = fallback_model
        self._max_characters = max_output_tokens * MAX_CHARACTERS_PER_TOKEN

    async def write(self, conversation: Conversation, on_text: Callable[[str], None]) -> StoredAnswer:
        """Make one call; `on_text` is given the report's text while it arrives.

        Raises:
            ProviderFaultError: the call failed, or its answer holds no text.

        """
        started = monotonic()
        cleaner = AnswerCleaner()
        finished = await self._read(conversation, cleaner, on_text, started)
        on_text(cleaner.finish())
        CALL_SECONDS.observe(monotonic() - started)
        _count(finished.usage)
        if not cleaner.report:
            withheld = finished.finish_reason == WITHHELD
            code = FailureCode.PROVIDER_REJECTED_REQUEST if withheld else FailureCode.PROVIDER_ANSWER_INVALID
            detail = "the provider withheld the answer" if withheld else "it holds no text"
            raise ProviderFaultError(code, detail, retryable=not withheld)
        return StoredAnswer(
            text=cleaner.report,
            title=title_of(cleaner.report, conversation.prompt),
            model=finished.model,
            usage=finished.usage or TokenUsage(),
            cost_usd=self._prices.cost_usd(finished.usage),
            finish_reason=finished.finish_reason,
        )

    async def _read(
        self,
        conversation: Conversation,
        cleaner: AnswerCleaner,
        on_text: Callable[[str], None],
        started: float,
    ) -> Finished:
        received = 0
        async with aclosing(self._provider.answer(conversation.messages)) as answer:
            async for item in answer:
                match item:
                    case Finished():
                        return item
                    case TextPiece(text):
                        if not received:
                            FIRST_TOKEN_SECONDS.observe(monotonic() - started)
                        received += len(text)
                        on_text(cleaner.feed(text))
                if received > self._max_characters:
                    break
        return Finished(self._fallback_model, CUT_SHORT, usage=None)


def _count(usage: TokenUsage | None) -> None:
    if usage is not None:
        TOKENS.labels(direction="input").inc(usage.input_tokens)
        TOKENS.labels(direction="output").inc(usage.output_tokens)
