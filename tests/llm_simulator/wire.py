"""What the two protocols have in common: a call that was asked, and how its answer is put on the wire."""

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol

from tests.llm_simulator.behaviour import Behaviour, Fault
from tests.llm_simulator.report import sample_report

CREATED = 1_760_000_000  # a fixed time: answers are the same on every run
DEFAULT_MODEL = "simulated-1"
BROKEN_JSON = b'{"id": "broken", "choices": [{"delta": {"content": '
_HALF = re.compile("[\\ud800-\\udfff]")
_ERROR_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
}


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
    background: bool = False

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


def answer_text(call: Call, behaviour: Behaviour) -> tuple[str, str]:
    """Return the text to be written, cut at the token limit, and its finish reason."""
    if behaviour.fault is Fault.EMPTY:
        return "", behaviour.finish_reason
    text = sample_report(call.question) if behaviour.text is None else behaviour.text
    limit = call.max_tokens
    if behaviour.keeps_limit and limit is not None and count_tokens(text) > limit:
        return text[: 4 * limit], "length"
    return text, behaviour.finish_reason


def pieces_of(text: str, behaviour: Behaviour) -> list[str]:
    """Cut a text into the chunks that it is streamed in."""
    size = behaviour.chunk_chars
    if behaviour.utf16:
        units = text.encode("utf-16-le")
        text = "".join(chr(int.from_bytes(units[at : at + 2], "little")) for at in range(0, len(units), 2))
    return [text[at : at + size] for at in range(0, len(text), size)]


def error_body(behaviour: Behaviour) -> dict[str, object]:
    """Return the error object of a call that is told to fail."""
    kind = _ERROR_TYPES.get(
        behaviour.status, "server_error" if behaviour.status >= 500 else "invalid_request_error"
    )
    message = f"The simulator was told to answer {behaviour.status}."
    return {"error": {"message": message, "type": kind, "param": None, "code": behaviour.error_code}}


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
    text = json.dumps(data, ensure_ascii=False)
    # Half of a surrogate pair has no bytes of its own.
    text = json.dumps(data) if _HALF.search(text) else text
    return f"{head}data: {text}\n\n".encode()
