"""The shapes of `/v1/responses`: one text item, streamed as typed, numbered events."""

from typing import Any

from tests.llm_simulator.behaviour import Background, Behaviour
from tests.llm_simulator.wire import CREATED, DEFAULT_MODEL, Call, answer_model, count_tokens, frame, text_of

ENDPOINT = "/v1/responses"


def read_call(number: int, request: dict[str, Any]) -> Call:
    """Read a request body whose `input` is a string or a list of messages."""
    asked = request["input"]
    messages = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
    turns = [(str(m.get("role", "user")), text_of(m.get("content"))) for m in messages]
    if request.get("instructions"):
        turns.insert(0, ("system", str(request["instructions"])))
    return Call(
        number=number,
        endpoint=ENDPOINT,
        model=str(request.get("model") or DEFAULT_MODEL),
        turns=tuple(turns),
        stream=bool(request.get("stream")),
        usage_asked=True,
        max_tokens=request.get("max_output_tokens"),
        background=bool(request.get("background")),
    )


class Responses:
    """Shapes the answer of one call."""

    def __init__(self, call: Call, behaviour: Behaviour) -> None:
        self._call = call
        self._usage_known = behaviour.usage
        self._model = answer_model(call, behaviour)
        self._item_id = f"msg_{call.number:06d}"
        self._background = call.background and behaviour.background is Background.OFFERED
        self._sparse = behaviour.background is Background.IGNORED
        self.frames: list[bytes] = []
        """Every event so far; an event's sequence number is its place here."""
        self._place = {"item_id": self._item_id, "output_index": 0, "content_index": 0}

    @property
    def response_id(self) -> str:
        """Return the id that the response can be retrieved by, when it is a background one."""
        return f"resp_{self._call.number:06d}"

    def response(self, status: str) -> dict[str, Any]:
        """Return the response object, without output."""
        if self._sparse:
            return {"id": self.response_id, "object": "response", "status": status, "model": self._model}
        return {
            "id": self.response_id,
            "background": self._background,
            "object": "response",
            "created_at": CREATED,
            "status": status,
            "model": self._model,
            "output": [],
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "parallel_tool_calls": True,
            "temperature": 1.0,
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
            "usage": None,
        }

    def _item(self, status: str, text: str | None = None) -> dict[str, Any]:
        content = [] if text is None else [_part(text)]
        return {
            "id": self._item_id,
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": content,
        }

    def _event(self, kind: str, **fields: object) -> bytes:
        place = {} if self._sparse else {"sequence_number": len(self.frames)}
        event = frame({"type": kind, **place, **fields}, event=kind)
        self.frames.append(event)
        return event

    def opening(self) -> bytes:
        first = "queued" if self._background else "in_progress"
        return (
            self._event("response.created", response=self.response(first))
            + (self._event("response.queued", response=self.response(first)) if self._background else b"")
            + self._event("response.in_progress", response=self.response("in_progress"))
            + self._event("response.output_item.added", output_index=0, item=self._item("in_progress"))
            + self._event("response.content_part.added", **self._place, part=_part(""))
        )

    def piece(self, text: str) -> bytes:
        return self._event("response.output_text.delta", **self._place, delta=text, logprobs=[])

    def closing(self, text: str, finish_reason: str) -> bytes:
        response = self.whole(text, finish_reason)
        return (
            self._event("response.output_text.done", **self._place, text=text, logprobs=[])
            + self._event("response.content_part.done", **self._place, part=_part(text))
            + self._event("response.output_item.done", output_index=0, item=self._item("completed", text))
            + self._event(f"response.{response['status']}", response=response)
        )

    def failed(self, text: str, error: dict[str, Any]) -> bytes:
        """Return the event that ends a response which cannot be finished."""
        response = self.partial("failed", text) | {"error": error}
        return self._event("response.failed", response=response)

    def partial(self, status: str, text: str) -> dict[str, Any]:
        """Return the response as it is before, or without, its proper end."""
        response = self.response(status)
        response["output"] = [self._item("in_progress", text)] if text else []
        if status in {"cancelled", "failed"} and self._usage_known:
            response["usage"] = self._usage(text)
        return response

    def whole(self, text: str, finish_reason: str) -> dict[str, Any]:
        complete = finish_reason == "stop"
        response = self.response("completed" if complete else "incomplete")
        response["output"] = [self._item("completed", text)]
        if not complete:
            reason = "max_output_tokens" if finish_reason == "length" else finish_reason
            response["incomplete_details"] = {"reason": reason}
        if self._usage_known:
            response["usage"] = self._usage(text)
        return response

    def _usage(self, text: str) -> dict[str, Any]:
        asked, written = count_tokens(self._call.prompt), count_tokens(text)
        return {
            "input_tokens": asked,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": written,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": asked + written,
        }


def _part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
