"""Plays one call: sends the answer as its behaviour says and notes what was generated."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.llm_simulator.behaviour import Behaviour, Fault
from tests.llm_simulator.director import Gate
from tests.llm_simulator.exchange import ConnectionCut, Exchange
from tests.llm_simulator.wire import BROKEN_JSON, Call, Wire, answer_text, error_body, frame, pieces_of


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

    async def _refuse(self) -> None:
        wait = self._behaviour.retry_after
        headers = {"retry-after": wait} if wait is not None else {}
        await self._exchange.respond(self._behaviour.status, error_body(self._behaviour), headers)

    async def _wait_at_gate(self) -> None:
        if not self._held_once:
            self._held_once = True
            await self._held()
        await self._gate.take()

    async def _answer_whole(self) -> None:
        fault = self._behaviour.fault
        if fault in {Fault.HANG, Fault.STALL, Fault.STEP}:
            await self._wait_at_gate()
        text, finish_reason = answer_text(self._call, self._behaviour)
        self.generated = text
        if fault in {Fault.CUT, Fault.GARBAGE}:
            await self._exchange.start(200, {"content-type": "application/json"})
            await self._exchange.write(BROKEN_JSON, more=fault is Fault.CUT)
            if fault is Fault.CUT:
                raise ConnectionCut
            return
        await self._exchange.respond(200, self._wire.whole(text, finish_reason))

    async def _stream(self) -> None:
        if self._behaviour.fault is Fault.HANG:
            await self._wait_at_gate()
        text, finish_reason = answer_text(self._call, self._behaviour)
        await self._exchange.start(200, {"content-type": "text/event-stream", "cache-control": "no-cache"})
        await self._exchange.write(self._wire.opening())
        pieces = pieces_of(text, self._behaviour)
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
        last = b"data: " + BROKEN_JSON + b"\n\n" if broken else frame(error_body(behaviour))
        await self._exchange.write(last, more=False)
        return False
