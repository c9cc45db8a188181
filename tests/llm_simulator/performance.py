"""Plays one call: sends the answer as its behaviour says and notes what was generated."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.llm_simulator.behaviour import Behaviour, Fault
from tests.llm_simulator.director import Gate
from tests.llm_simulator.exchange import ConnectionCut, Exchange
from tests.llm_simulator.report import sample_report
from tests.llm_simulator.wire import Call, Wire, count_tokens, frame

_BROKEN_JSON = b'{"id": "broken", "choices": [{"delta": {"content": '
_ERROR_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    429: "rate_limit_error",
}


class Performance:
    """One call on stage; `generated` is the text written so far, whoever reads it."""

    def __init__(  # noqa: PLR0917 - the parts of one call, given once, by the app
        self,
        exchange: Exchange,
        call: Call,
        behaviour: Behaviour,
        wire: Wire,
        gate: Gate,
        held: Callable[[], Awaitable[None]],
    ) -> None:
        self._exchange = exchange
        self._call = call
        self._behaviour = behaviour
        self._wire = wire
        self._gate = gate
        self._held = held
        self._held_once = False
        self.generated = ""

    async def play(self) -> None:
        """Answer the call; raises `ConnectionCut` when the script says so."""
        fault = self._behaviour.fault
        if fault is Fault.STATUS or (fault is Fault.ERROR_EVENT and not self._call.stream):
            await self._refuse()
        elif self._call.stream:
            await self._stream()
        else:
            await self._answer_whole()

    def _error(self) -> dict[str, object]:
        behaviour = self._behaviour
        kind = _ERROR_TYPES.get(
            behaviour.status, "server_error" if behaviour.status >= 500 else "invalid_request_error"
        )
        message = f"The simulator was told to answer {behaviour.status}."
        return {"error": {"message": message, "type": kind, "param": None, "code": behaviour.error_code}}

    async def _refuse(self) -> None:
        wait = self._behaviour.retry_after
        headers = {"retry-after": wait} if wait is not None else {}
        await self._exchange.respond(self._behaviour.status, self._error(), headers)

    def _text(self) -> tuple[str, str]:
        """Return the text to be written, cut at the token limit, and its finish reason."""
        behaviour = self._behaviour
        if behaviour.fault is Fault.EMPTY:
            return "", behaviour.finish_reason
        text = sample_report(self._call.question) if behaviour.text is None else behaviour.text
        limit = self._call.max_tokens
        if limit is not None and count_tokens(text) > limit:
            return text[: 4 * limit], "length"
        return text, behaviour.finish_reason

    async def _wait_at_gate(self) -> None:
        if not self._held_once:
            self._held_once = True
            await self._held()
        await self._gate.take()

    async def _answer_whole(self) -> None:
        fault = self._behaviour.fault
        if fault in {Fault.HANG, Fault.STALL, Fault.STEP}:
            await self._wait_at_gate()
        text, finish_reason = self._text()
        self.generated = text
        if fault in {Fault.CUT, Fault.GARBAGE}:
            await self._exchange.start(200, {"content-type": "application/json"})
            await self._exchange.write(_BROKEN_JSON, more=fault is Fault.CUT)
            if fault is Fault.CUT:
                raise ConnectionCut
            return
        await self._exchange.respond(200, self._wire.whole(text, finish_reason))

    async def _stream(self) -> None:
        if self._behaviour.fault is Fault.HANG:
            await self._wait_at_gate()
        text, finish_reason = self._text()
        await self._exchange.start(200, {"content-type": "text/event-stream", "cache-control": "no-cache"})
        await self._exchange.write(self._wire.opening())
        size = self._behaviour.chunk_chars
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        for index, piece in enumerate(pieces):
            if not await self._before_chunk(index):
                return
            self.generated += piece
            await self._exchange.write(self._wire.piece(piece))
        if await self._before_chunk(len(pieces)):
            await self._exchange.write(self._wire.closing(text, finish_reason), more=False)

    async def _before_chunk(self, index: int) -> bool:
        """Hold, delay or break the stream where the behaviour says so; False: the stream has ended."""
        behaviour, at = self._behaviour, self._behaviour.after_chunks
        if index and behaviour.chunk_delay:
            await asyncio.sleep(behaviour.chunk_delay)
        if (behaviour.fault is Fault.STALL and index == at) or (
            behaviour.fault is Fault.STEP and index >= at
        ):
            await self._wait_at_gate()
        if index != at or behaviour.fault not in {Fault.CUT, Fault.GARBAGE, Fault.ERROR_EVENT}:
            return True
        if behaviour.fault is Fault.CUT:
            raise ConnectionCut
        broken = behaviour.fault is Fault.GARBAGE
        last = b"data: " + _BROKEN_JSON + b"\n\n" if broken else frame(self._error())
        await self._exchange.write(last, more=False)
        return False
