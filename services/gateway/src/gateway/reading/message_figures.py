"""What the bus holds and who is behind: streams, durable consumers, the last dead letters."""

import asyncio
from datetime import datetime

from nats.js.errors import NotFoundError
from pydantic import BaseModel

from contracts.dead_letters import DeadLetter
from contracts.subjects import (
    BATCHES_DURABLE,
    DEAD_LETTERS_STREAM,
    DISPATCHER_DURABLE,
    EVENTS_STREAM,
    INTAKE_DURABLE,
    LIVE_STREAM,
    REQUESTS_STREAM,
)
from gateway.connections import BusLink

STREAMS = (REQUESTS_STREAM, EVENTS_STREAM, LIVE_STREAM, DEAD_LETTERS_STREAM)
DURABLES = (
    (REQUESTS_STREAM, INTAKE_DURABLE),
    (REQUESTS_STREAM, BATCHES_DURABLE),
    (EVENTS_STREAM, DISPATCHER_DURABLE),
)
LETTERS_SHOWN = 5
# Letters that were replayed leave gaps; further back than this nobody looks for the newest ones.
FURTHEST_BACK = 25


class StreamFigures(BaseModel):
    """How much a stream holds."""

    name: str
    messages: int
    mebibytes: float


class ConsumerFigures(BaseModel):
    """How far behind a durable consumer is: not given yet, given and not acknowledged, given again."""

    name: str
    pending: int
    ack_pending: int
    redelivered: int
    last_delivered_at: datetime | None


class Letter(BaseModel):
    """A message that no consumer could use; `make dlq SHOW=number` shows all of it."""

    number: int
    failed_at: datetime
    subject: str
    reason: str
    detail: str


class Messages(BaseModel):
    """The bus."""

    streams: list[StreamFigures]
    consumers: list[ConsumerFigures]
    dead_letters: int
    last_letters: list[Letter]


class MessageFigures:
    """Asks the bus; letters are read again only when there are other ones."""

    def __init__(self, link: BusLink) -> None:
        self._link = link
        self._letters: list[Letter] = []
        self._letters_of: tuple[int, int] = (0, 0)

    async def look(self) -> Messages:
        """Look at everything on the bus.

        Raises:
            BusUnavailableError, nats.errors.Error, OSError: it does not answer.

        """
        streams, consumers = await asyncio.gather(
            asyncio.gather(*(self._stream(name) for name in STREAMS)),
            asyncio.gather(*(self._consumer(*place) for place in DURABLES)),
        )
        return Messages(
            streams=list(streams),
            consumers=list(consumers),
            dead_letters=streams[STREAMS.index(DEAD_LETTERS_STREAM)].messages,
            last_letters=await self._last_letters(),
        )

    async def _stream(self, name: str) -> StreamFigures:
        state = (await self._link.bus.jetstream.stream_info(name)).state
        return StreamFigures(name=name, messages=state.messages, mebibytes=round(state.bytes / 2**20, 1))

    async def _consumer(self, stream: str, durable: str) -> ConsumerFigures:
        info = await self._link.bus.jetstream.consumer_info(stream, durable)
        return ConsumerFigures(
            name=durable,
            pending=info.num_pending or 0,
            ack_pending=info.num_ack_pending or 0,
            redelivered=info.num_redelivered or 0,
            last_delivered_at=info.delivered.last_active if info.delivered else None,
        )

    async def _last_letters(self) -> list[Letter]:
        state = (await self._link.bus.jetstream.stream_info(DEAD_LETTERS_STREAM)).state
        if (state.messages, state.last_seq) != self._letters_of:
            first = max(state.first_seq, state.last_seq - FURTHEST_BACK, 1)
            numbers = range(state.last_seq, first - 1, -1) if state.messages else ()
            self._letters = await self._newest(numbers)
            self._letters_of = (state.messages, state.last_seq)
        return self._letters

    async def _newest(self, numbers: range | tuple[()]) -> list[Letter]:
        letters: list[Letter] = []
        for number in numbers:
            if len(letters) == LETTERS_SHOWN:
                break
            try:
                message = await self._link.bus.jetstream.get_msg(DEAD_LETTERS_STREAM, seq=number)
            except NotFoundError:
                continue
            letter = DeadLetter.model_validate_json(message.data or b"")
            shown = letter.model_dump(include={"failed_at", "subject", "reason", "detail"})
            letters.append(Letter(number=number, **shown))
        return letters
