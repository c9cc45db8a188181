"""What the worker asks of any provider, whatever protocol it speaks."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal

from contracts.reports import TokenUsage


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation that is sent."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class TextPiece:
    """The next piece of the answer, as it came."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The last item of an answer: who wrote it, why it ended, and what was billed (None: not said)."""

    model: str
    finish_reason: str
    usage: TokenUsage | None


class Provider(ABC):
    """An endpoint that writes."""

    @abstractmethod
    def answer(self, messages: tuple[Message, ...]) -> AsyncGenerator[TextPiece | Finished, None]:
        """Make one call, never repeated here; yield pieces of text, then one `Finished`.

        Closing the generator ends the call at the provider at once.

        Raises:
            ProviderFaultError: the call failed; it says whether trying again can help.

        """
