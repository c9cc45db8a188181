"""`POST /v1/chat/completions`, the shape that every compatible server has."""

from typing import Any

from tests.llm_simulator.behaviour import Behaviour
from tests.llm_simulator.wire import CREATED, DEFAULT_MODEL, Call, answer_model, count_tokens, frame, text_of

ENDPOINT = "/v1/chat/completions"


def read_call(number: int, request: dict[str, Any]) -> Call:
    """Read a request body; the keys that the answer does not depend on are ignored."""
    turns = tuple((str(m["role"]), text_of(m.get("content"))) for m in request["messages"])
    return Call(
        number=number,
        endpoint=ENDPOINT,
        model=str(request.get("model") or DEFAULT_MODEL),
        turns=turns,
        stream=bool(request.get("stream")),
        usage_asked=bool((request.get("stream_options") or {}).get("include_usage")),
        max_tokens=request.get("max_completion_tokens") or request.get("max_tokens"),
    )


class ChatCompletions:
    """Shapes the answer of one call."""

    def __init__(self, call: Call, behaviour: Behaviour) -> None:
        self._call = call
        self._usage_known = behaviour.usage
        self._head = {
            "id": f"chatcmpl-{call.number:06d}",
            "created": CREATED,
            "model": answer_model(call, behaviour),
        }

    def _chunk(self, delta: dict[str, str], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return frame({**self._head, "object": "chat.completion.chunk", "choices": [choice]})

    def _usage(self, text: str) -> dict[str, int]:
        asked, written = count_tokens(self._call.prompt), count_tokens(text)
        return {"prompt_tokens": asked, "completion_tokens": written, "total_tokens": asked + written}

    def opening(self) -> bytes:
        return self._chunk({"role": "assistant", "content": ""})

    def piece(self, text: str) -> bytes:
        return self._chunk({"content": text})

    def closing(self, text: str, finish_reason: str) -> bytes:
        last = self._chunk({}, finish_reason)
        if self._call.usage_asked and self._usage_known:
            tail = {**self._head, "object": "chat.completion.chunk", "choices": []}
            last += frame({**tail, "usage": self._usage(text)})
        return last + b"data: [DONE]\n\n"

    def whole(self, text: str, finish_reason: str) -> dict[str, Any]:
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
        answer = {**self._head, "object": "chat.completion", "choices": [choice]}
        return {**answer, "usage": self._usage(text)} if self._usage_known else answer
