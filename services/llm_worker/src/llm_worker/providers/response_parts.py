"""Checks the few fields of responses and their events that are used, and keeps the place in a stream."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from contracts.failures import FailureCode
from contracts.reports import TokenUsage
from llm_worker.bills import Outcome
from llm_worker.providers.faults import ProviderFaultError, fault_of_code
from llm_worker.providers.provider import Finished, Opened, TextPiece

ENDED = frozenset({"completed", "incomplete", "failed", "cancelled"})
_FINISH_REASONS = {"max_output_tokens": "length"}


class _Part(BaseModel):
    """The client builds its models unchecked; these check what is used."""

    model_config = ConfigDict(from_attributes=True)


class _Content(_Part):
    type: str
    text: str | None = None


class _Item(_Part):
    type: str
    content: list[_Content] | None = None


class _Usage(_Part):
    input_tokens: int
    output_tokens: int


class _Error(_Part):
    code: str | None = None


class _Incomplete(_Part):
    reason: str | None = None


class Response(_Part):
    """A response at some moment of its life."""

    id: str
    status: str | None = None
    model: str | None = None
    background: bool | None = None
    output: list[_Item] | None = None
    usage: _Usage | None = None
    error: _Error | None = None
    incomplete_details: _Incomplete | None = None

    @property
    def has_ended(self) -> bool:
        """True once nothing more will be written."""
        return self.status in ENDED

    @property
    def text(self) -> str:
        """Everything written so far; thoughts and refusals are no text."""
        parts = (part for item in self.output or () if item.type == "message" for part in item.content or ())
        return "".join(part.text or "" for part in parts if part.type == "output_text")

    @property
    def billed(self) -> TokenUsage | None:
        """What the provider says it billed."""
        if self.usage is None:
            return None
        return TokenUsage(input_tokens=self.usage.input_tokens, output_tokens=self.usage.output_tokens)

    def finished(self, fallback_model: str) -> Finished:
        """Give the last item of the answer.

        Raises:
            ProviderFaultError: it ended without an answer.

        """
        if self.status == "failed":
            raise fault_of_code(self.error.code if self.error else None, self.billed)
        if self.status == "cancelled":
            raise ProviderFaultError(
                FailureCode.PROVIDER_UNAVAILABLE,
                "the response was cancelled at the provider",
                retryable=True,
                outcome=Outcome.CANCELLED,
                usage=self.billed,
            )
        return Finished(self.model or fallback_model, self._finish_reason(), self.billed)

    def _finish_reason(self) -> str:
        if self.status == "incomplete":
            reason = self.incomplete_details.reason if self.incomplete_details else None
            return _FINISH_REASONS.get(reason or "", reason or "incomplete")
        parts = [part for item in self.output or () for part in item.content or ()]
        refused = parts and all(part.type == "refusal" for part in parts)
        return "content_filter" if refused else "stop"


class Event(_Part):
    """One event of a stream."""

    type: str
    sequence_number: int | None = None
    delta: Any = None
    response: Response | None = None
    code: str | None = None


@dataclass
class Place:
    """How far an answer was read: the same wherever it is read from."""

    fallback_model: str
    response_id: str | None = None
    resumable: bool = False
    sequence: int | None = None
    received: int = 0
    """Characters of text."""
    ended: bool = False
    """True once the provider has said how it ended."""

    def open(self, response: Response) -> Opened | None:
        """Take the response's id from its first appearance."""
        if self.response_id is not None:
            return None
        self.response_id, self.resumable = response.id, response.background is True
        return Opened(response.id, self.resumable)

    def take(self, event: Event) -> list[Opened | TextPiece | Finished]:
        """Move on by one event and give what it says.

        Raises:
            ProviderFaultError: it says that the answer has failed.

        """
        if event.sequence_number is not None:
            if self.sequence is not None and event.sequence_number <= self.sequence:
                return []
            self.sequence = event.sequence_number
        if event.type == "error":
            raise fault_of_code(event.code)
        items: list[Opened | TextPiece | Finished] = []
        if event.response is not None:
            opened = self.open(event.response)
            items += [opened] if opened else []
            if event.response.has_ended:
                items += self.end(event.response)
        elif event.type == "response.output_text.delta" and isinstance(event.delta, str) and event.delta:
            self.received += len(event.delta)
            items.append(TextPiece(event.delta))
        return items

    def end(self, response: Response) -> list[Opened | TextPiece | Finished]:
        """Give what an ended response holds beyond this place.

        Raises:
            ProviderFaultError: it ended without an answer.

        """
        self.ended = True
        finished = response.finished(self.fallback_model)
        rest = response.text[self.received :]
        self.received += len(rest)
        return [TextPiece(rest), finished] if rest else [finished]
