"""What the two protocols have in common: a call that was asked, and how its answer is put on the wire."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from tests.llm_simulator.behaviour import Behaviour

CREATED = 1_760_000_000  # a fixed time: answers are the same on every run
DEFAULT_MODEL = "simulated-1"


def count_tokens(text: str) -> int:
    """Count tokens as this provider bills them: four characters each, rounded up."""
    return -(-len(text) // 4)


@dataclass(frozen=True)
class Call:
    """A call as asked: `turns` are its messages as (role, text), oldest first."""

    number: int
    endpoint: str
    model: str
    turns: tuple[tuple[str, str], ...]
    stream: bool
    usage_asked: bool
    max_tokens: int | None

    @property
    def prompt(self) -> str:
        """Return every message, joined by blank lines."""
        return "\n\n".join(text for _, text in self.turns)

    @property
    def question(self) -> str:
        """Return the last thing the user said: what came before it is example or history."""
        return next((text for role, text in reversed(self.turns) if role == "user"), "")


class Wire(Protocol):
    """Shapes one call's answer; each method returns bytes that are sent as they are."""

    def opening(self) -> bytes:
        """Return the frames before the first text."""

    def piece(self, text: str) -> bytes:
        """Return the frame of a piece of text."""

    def closing(self, text: str, finish_reason: str) -> bytes:
        """Return the frames after the last text, with usage where it belongs."""

    def whole(self, text: str, finish_reason: str) -> dict[str, Any]:
        """Return the answer of a call that does not stream."""


def answer_model(call: Call, behaviour: Behaviour) -> str:
    """Return the model that the answer names."""
    return behaviour.model or call.model


def text_of(content: object) -> str:
    """Return the text of a message's content, given as a string or as typed parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return ""


def frame(data: object, event: str | None = None) -> bytes:
    """Return one server-sent event."""
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
