"""Background responses: generated and billed whether or not anyone listens; retrieved and cancelled by id."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.llm_simulator.behaviour import Behaviour, Fault
from tests.llm_simulator.director import Gate
from tests.llm_simulator.exchange import ConnectionCut, Exchange
from tests.llm_simulator.responses import Responses
from tests.llm_simulator.wire import BROKEN_JSON, Call, answer_text, pieces_of

_BEFORE_TEXT = 5  # created, queued, in_progress, output_item.added, content_part.added
_BREAKS_DELIVERY = {Fault.CUT, Fault.GARBAGE, Fault.MUTE, Fault.EXPIRE}


class BackgroundResponse:
    """One response; `generate` writes it once, `deliver` may be called any number of times."""

    def __init__(
        self, call: Call, behaviour: Behaviour, gate: Gate, held: Callable[[], Awaitable[None]]
    ) -> None:
        self.call = call
        self.behaviour = behaviour
        self.wire = Responses(call, behaviour)
        self.generated = ""
        self.status = "queued"
        self.forgotten = False
        self._gate = gate
        self._held = held
        self._held_once = False
        self._finish_reason = ""
        self._changed = asyncio.Condition()

    @property
    def ended(self) -> bool:
        """True once nothing more will be generated."""
        return self.status not in {"queued", "in_progress"}

    async def generate(self) -> None:
        """Write the whole response, as its behaviour says."""
        text, self._finish_reason = answer_text(self.call, self.behaviour)
        self.wire.opening()
        await self._become("in_progress")
        pieces = pieces_of(text, self.behaviour)
        for index, piece in enumerate(pieces):
            await self._before_chunk(index)
            if self._fails_at(index):
                return await self._fail()
            self.generated += piece
            self.wire.piece(piece)
            await self._become("in_progress")
        await self._before_chunk(len(pieces))
        self.wire.closing(text, self._finish_reason)
        await self._become(self.wire.whole(text, self._finish_reason)["status"])
        return None

    async def stop(self, status: str = "cancelled") -> None:
        """End the response where it is; its generator must have been ended before."""
        await self._become(status)

    def shown(self) -> dict[str, Any]:
        """Return the response object as it is now."""
        if self.status in {"completed", "incomplete"}:
            return self.wire.whole(self.generated, self._finish_reason)
        if self.status == "failed":
            return self.wire.partial("failed", self.generated) | {"error": self._error()}
        return self.wire.partial(self.status, self.generated)

    async def deliver(self, exchange: Exchange, after: int, *, faulty: bool) -> None:
        """Stream the events behind the one numbered `after`, breaking as the behaviour says if `faulty`."""
        await exchange.start(200, {"content-type": "text/event-stream", "cache-control": "no-cache"})
        place = after + 1
        while True:
            if faulty and place == _BEFORE_TEXT + self.behaviour.after_chunks:
                await self._break(exchange)
            await self._written(place)
            if place >= len(self.wire.frames):
                return await exchange.write(b"", more=False)
            await exchange.write(self.wire.frames[place])
            place += 1

    async def _written(self, place: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self.ended or len(self.wire.frames) > place)

    async def _break(self, exchange: Exchange) -> None:
        fault = self.behaviour.fault
        if fault is Fault.GARBAGE:
            await exchange.write(b"data: " + BROKEN_JSON + b"\n\n")
        if fault is Fault.MUTE:
            await asyncio.Event().wait()
        self.forgotten = fault is Fault.EXPIRE
        if fault in _BREAKS_DELIVERY:
            raise ConnectionCut

    def _fails_at(self, index: int) -> bool:
        return self.behaviour.fault is Fault.ERROR_EVENT and index == self.behaviour.after_chunks

    def _error(self) -> dict[str, Any]:
        code = self.behaviour.error_code or "server_error"
        return {"code": code, "message": "The simulator was told to fail here."}

    async def _fail(self) -> None:
        self.wire.failed(self.generated, self._error())
        await self._become("failed")

    async def _before_chunk(self, index: int) -> None:
        fault, at = self.behaviour.fault, self.behaviour.after_chunks
        if index and self.behaviour.chunk_delay:
            await asyncio.sleep(self.behaviour.chunk_delay)
        if (fault is Fault.STALL and index == at) or (fault is Fault.STEP and index >= at):
            if not self._held_once:
                self._held_once = True
                await self._held()
            await self._gate.take()

    async def _become(self, status: str) -> None:
        async with self._changed:
            self.status = status
            self._changed.notify_all()
