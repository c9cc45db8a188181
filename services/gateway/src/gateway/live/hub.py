"""One reader of each stream in a gateway process, and all its viewers."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import structlog
from nats.errors import Error as NatsError

from contracts.subjects import ALL_EVENTS, ALL_LIVE_STATUS, ALL_LIVE_TEXT, EVENTS_STREAM, LIVE_STREAM
from gateway.connections import BusLink
from gateway.live.ordered import StreamInterruptedError, StreamMessage, ordered_consumer
from gateway.live.viewing import Message, Position, read_event, read_live
from gateway.metrics import VIEWERS, VIEWERS_BEHIND
from runtime.bus import Bus, BusUnavailableError

RETRY_AFTER = timedelta(milliseconds=250)
POSITION_TIMEOUT = timedelta(seconds=2)
# A viewer that is further behind than this reads on from the stream instead of from memory.
VIEWER_BACKLOG = 1_000

log = structlog.get_logger(__name__)


class Viewer:
    """What one person has yet to see of one report."""

    def __init__(self, start: Position) -> None:
        self.start = start
        self.is_behind = False
        self._messages: deque[Message] = deque()
        self._wake = asyncio.Event()

    def put(self, message: Message) -> None:
        """Add a message; one too many, and the viewer has to catch up from the stream."""
        if len(self._messages) >= VIEWER_BACKLOG:
            VIEWERS_BEHIND.inc()
            self.fall_behind()
        elif not self.is_behind:
            self._messages.append(message)
            self._wake.set()

    def fall_behind(self) -> None:
        """Forget what has not been read: the stream has it."""
        self.is_behind = True
        self._messages.clear()
        self._wake.set()

    async def next(self, patience: timedelta) -> Message | None:
        """Wait up to `patience` for a message; None when there was none in time or the viewer is behind."""
        if not self._messages and not self.is_behind:
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), patience.total_seconds())
            except TimeoutError:
                return None
        return self._messages.popleft() if self._messages else None


class Hub:
    """Follows both streams and hands each message to the viewers of its report."""

    def __init__(self, link: BusLink) -> None:
        self._viewers: dict[str, set[Viewer]] = defaultdict(set)
        self._onlookers: set[Viewer] = set()
        live = (ALL_LIVE_TEXT, ALL_LIVE_STATUS)
        self._events = Follower(link, EVENTS_STREAM, (ALL_EVENTS,), self._on_event, self._on_reset)
        self._live = Follower(link, LIVE_STREAM, live, self._on_live, self._on_reset)
        self.is_closing = False

    async def run(self) -> None:
        """Follow both streams until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._events.run())
            group.create_task(self._live.run())

    async def ready(self) -> None:
        """Wait until both streams are followed.

        Raises:
            BusUnavailableError: they are not, in time.

        """
        waits = (self._events.placed.wait(), self._live.placed.wait())
        try:
            await asyncio.wait_for(asyncio.gather(*waits), POSITION_TIMEOUT.total_seconds())
        except TimeoutError as error:
            raise BusUnavailableError("the event streams are not followed yet") from error

    @contextmanager
    def viewer(self, workflow_id: str) -> Iterator[Viewer]:
        """Receive every message of a report that is stored after `viewer.start`."""
        viewer = Viewer(self._position())
        self._viewers[workflow_id].add(viewer)
        VIEWERS.inc()
        try:
            yield viewer
        finally:
            VIEWERS.dec()
            self._viewers[workflow_id].discard(viewer)
            if not self._viewers[workflow_id]:
                del self._viewers[workflow_id]

    @contextmanager
    def onlooker(self) -> Iterator[Viewer]:
        """Receive the events of all reports, without their text."""
        onlooker = Viewer(self._position())
        self._onlookers.add(onlooker)
        try:
            yield onlooker
        finally:
            self._onlookers.discard(onlooker)

    def close(self) -> None:
        """Have every viewer's stream end, so that the process can."""
        self.is_closing = True
        self._on_reset()

    def _position(self) -> Position:
        return Position(self._events.sequence, self._live.sequence)

    def _on_event(self, stored: StreamMessage) -> None:
        message = read_event(stored, self._position())
        self._hand_out(message)
        if message is not None:
            for onlooker in self._onlookers:
                onlooker.put(message)

    def _on_live(self, stored: StreamMessage) -> None:
        self._hand_out(read_live(stored, self._position()))

    def _hand_out(self, message: Message | None) -> None:
        if message is not None:
            for viewer in self._viewers.get(message.workflow_id, ()):
                viewer.put(message)

    def _on_reset(self) -> None:
        for viewers in self._viewers.values():
            for viewer in viewers:
                viewer.fall_behind()
        for onlooker in self._onlookers:
            onlooker.fall_behind()


class Follower:
    """Reads one stream from its end on; after an interruption, from where it was."""

    def __init__(
        self,
        link: BusLink,
        stream: str,
        subjects: Sequence[str],
        take: Callable[[StreamMessage], None],
        on_reset: Callable[[], None],
    ) -> None:
        self._link = link
        self._stream = stream
        self._subjects = subjects
        self._take = take
        self._on_reset = on_reset
        self._is_reading = True
        self.sequence = 0
        self.placed = asyncio.Event()

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            try:
                await self._follow(self._link.bus)
            except (BusUnavailableError, StreamInterruptedError, NatsError, OSError) as error:
                if self._is_reading:
                    log.info("hub.interrupted", stream=self._stream, error=str(error))
                self._is_reading = False
                await asyncio.sleep(RETRY_AFTER.total_seconds())

    async def _follow(self, bus: Bus) -> None:
        info = await bus.jetstream.stream_info(self._stream)
        end = info.state.last_seq
        if not self.placed.is_set():
            self.sequence = end
            self.placed.set()
        elif end < self.sequence or info.state.first_seq > self.sequence + 1:
            # The stream was made anew, or has dropped what we have not read: viewers need a fresh picture.
            self.sequence = end
            self._on_reset()
        async with ordered_consumer(bus, self._stream, self._subjects, after=self.sequence) as consumer:
            self._is_reading = True
            async for message in consumer.messages():
                self.sequence = message.sequence
                self._take(message)
