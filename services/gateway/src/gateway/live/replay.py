"""Reading again what the streams still hold of one report."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from nats.errors import Error as NatsError
from pydantic import ValidationError

from contracts.live import LiveStatus, LiveText
from contracts.subjects import ALL_EVENTS, EVENTS_STREAM, LIVE_STREAM, live_status, live_text
from gateway.connections import BusLink
from gateway.live.ordered import StreamInterruptedError, StreamMessage, ordered_consumer
from gateway.live.viewing import Message, Position, read_event, read_live
from runtime.bus import BusUnavailableError

# Events of all reports share a stream: a viewer who was away for longer gets a fresh picture instead.
MAX_EVENTS_SCANNED = 20_000
# Many viewers may come back at once, after a restart.
CONCURRENT_READS = 16
PART_SIZE = 1_000


@dataclass(frozen=True, slots=True)
class TextSoFar:
    """The text of the newest revision that the stream holds."""

    revision: int
    text: str


@dataclass(frozen=True, slots=True)
class LastStatus:
    """The newest live status of a report, and its sequence in the stream."""

    sequence: int
    status: LiveStatus


class Replay:
    """Bounded reads; each raises one of `READ_ERRORS` when it cannot be finished."""

    def __init__(self, link: BusLink) -> None:
        self._link = link
        self._slots = asyncio.Semaphore(CONCURRENT_READS)

    async def holds(self, begin: Position, end: Position) -> bool:
        """Tell whether everything after `begin` up to `end` is still there to be read."""
        if begin.events > end.events or begin.live > end.live:
            return False
        if end.events - begin.events > MAX_EVENTS_SCANNED:
            return False
        try:
            events = await self._link.bus.jetstream.stream_info(EVENTS_STREAM)
            live = await self._link.bus.jetstream.stream_info(LIVE_STREAM)
        except (NatsError, OSError) as error:
            raise BusUnavailableError(type(error).__name__) from error
        return events.state.first_seq <= begin.events + 1 and live.state.first_seq <= begin.live + 1

    async def between(self, workflow_id: str, begin: Position, end: Position) -> AsyncIterator[Message]:
        """Give the report's messages after `begin` up to `end`, in the order in which they were stored."""
        events = deque([stored async for stored in self._events(workflow_id, begin.events, end.events)])
        position = begin
        subjects = (live_text(workflow_id).name, live_status(workflow_id).name)
        async for live in self._read(LIVE_STREAM, subjects, begin.live, end.live):
            while events and events[0].stored_at <= live.stored_at:
                position = replace(position, events=events[0].sequence)
                if message := read_event(events.popleft(), position):
                    yield message
            position = replace(position, live=live.sequence)
            if message := read_live(live, position):
                yield message
        for event in events:
            if message := read_event(event, Position(event.sequence, end.live)):
                yield message

    async def text_so_far(self, workflow_id: str, end: int) -> TextSoFar:
        """Put together the text that was stored up to sequence `end`."""
        revision, text = 0, ""
        async for stored in self._read(LIVE_STREAM, (live_text(workflow_id).name,), 0, end):
            piece = LiveText.model_validate_json(stored.data)
            if piece.revision > revision:
                revision, text = piece.revision, ""
            if piece.revision == revision:
                # What the stream has forgotten leaves empty lines, so that offsets stay true.
                text = text[: piece.offset].ljust(piece.offset, "\n") + piece.text
        return TextSoFar(revision, text)

    async def last_text(self, workflow_id: str) -> int:
        """Give the sequence of the report's last piece of text; 0 when there is none."""
        message = await self._link.bus.last(live_text(workflow_id))
        return message.seq or 0 if message else 0

    async def last_status(self, workflow_id: str) -> LastStatus | None:
        """Give the report's newest live status; None when there is none to be read."""
        message = await self._link.bus.last(live_status(workflow_id))
        if message is None:
            return None
        try:
            return LastStatus(message.seq or 0, LiveStatus.model_validate_json(message.data or b""))
        except ValidationError:
            return None

    async def _events(self, workflow_id: str, after: int, end: int) -> AsyncIterator[StreamMessage]:
        needle = workflow_id.encode()
        async for stored in self._read(EVENTS_STREAM, (ALL_EVENTS,), after, end):
            # Parsing every report's events to find one's own would cost far more than looking for its id.
            if needle in stored.data:
                message = read_event(stored, Position(0, 0))
                if message is not None and message.workflow_id == workflow_id:
                    yield stored

    async def _read(
        self, stream: str, subjects: Sequence[str], after: int, end: int
    ) -> AsyncIterator[StreamMessage]:
        # In parts, so that a viewer who reads slowly holds neither a slot nor more than a part in memory.
        while after < end:
            async with self._slots:
                part = await self._read_part(stream, subjects, after, end)
            for stored in part:
                yield stored
            if len(part) < PART_SIZE:
                return
            after = part[-1].sequence

    async def _read_part(
        self, stream: str, subjects: Sequence[str], after: int, end: int
    ) -> list[StreamMessage]:
        part: list[StreamMessage] = []
        async with ordered_consumer(self._link.bus, stream, subjects, after=after) as consumer:
            if consumer.pending == 0:
                return part
            async with aclosing(consumer.messages()) as messages:
                async for stored in messages:
                    if stored.sequence <= end:
                        part.append(stored)
                    if stored.sequence >= end or stored.pending == 0 or len(part) == PART_SIZE:
                        break
        return part


READ_ERRORS = (BusUnavailableError, StreamInterruptedError)
