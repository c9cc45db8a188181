"""What the worker asks of any provider, whatever protocol it speaks."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal

from contracts.reports import TokenUsage


class Api(StrEnum):
    """The protocols that providers speak."""

    RESPONSES = "responses"
    CHAT_COMPLETIONS = "chat_completions"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation that is sent."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The provider has begun; `resumable` when it goes on without us and the answer can be had by its id."""

    response_id: str
    resumable: bool


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


Answer = AsyncGenerator[Opened | TextPiece | Finished, None]
"""Perhaps one `Opened`, pieces of text, then one `Finished`.

Closing it ends the call at once: at the provider too, unless the answer is resumable.
"""


class Provider(ABC):
    """An endpoint that writes."""

    api: ClassVar[Api]

    @abstractmethod
    def answer(self, messages: tuple[Message, ...], key: str) -> Answer:
        """Make one call, never repeated here; `key` names it to the provider.

        Raises:
            ProviderFaultError: the call failed; it says whether trying again can help.
            BackgroundNotOfferedError: nothing was written; another protocol must be used.

        """


class BackgroundProvider(Provider):
    """An endpoint that goes on writing when nobody listens."""

    @abstractmethod
    def resume(self, response_id: str) -> Answer:
        """Read an answer that was begun before, from its first character.

        Raises:
            ProviderFaultError: it failed, or cannot be read now (`resumable`).
            ResponseGoneError: the provider no longer has it.

        """

    @abstractmethod
    async def cancel(self, response_id: str) -> TokenUsage | None:
        """Have the provider stop writing; gives what it billed, if it says so.

        Raises:
            ProviderFaultError: it could not be told.
            ResponseGoneError: the provider does not have it.

        """
