"""From signs of life to events on the bus: in order, each tried once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from contracts import subjects
from contracts.events import Occurrence, envelope
from orchestrator.metrics import SIGNS_LOST, STEP_DURATION
from orchestrator.signs_of_life import Outlet, SignOfLife
from runtime.background import beside
from runtime.bus import Bus, BusUnavailableError

EVENT_SOURCE = "/durable-reports/orchestrator"
# While the bus is away the newest signs are kept: each tells the whole picture of its report.
MAX_WAITING = 1_000

log = structlog.get_logger(__name__)


class Announcements:
    """Publishes `report.started` and `report.progress`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: asyncio.Queue[SignOfLife] = asyncio.Queue(MAX_WAITING)

    @asynccontextmanager
    async def publishing(self) -> AsyncIterator[Outlet]:
        """Publish what the outlet is given, from any thread, while the context is open."""
        loop = asyncio.get_running_loop()

        def outlet(sign: SignOfLife) -> None:
            loop.call_soon_threadsafe(self._take, sign)

        async with beside(self._publish_all()):
            yield outlet

    def _take(self, sign: SignOfLife) -> None:
        _time_finished_step(sign)
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(sign)

    async def _publish_all(self) -> None:
        while True:
            await self._publish(await self._waiting.get())

    async def _publish(self, sign: SignOfLife) -> None:
        occurrence = Occurrence(
            event_id=sign.event_id,
            source=EVENT_SOURCE,
            occurred_at=sign.occurred_at,
            traceparent=sign.traceparent,
        )
        event = envelope(sign.event, occurrence)
        try:
            await self._bus.publish(subjects.event(sign.event.type), event, message_id=sign.event_id)
        except BusUnavailableError as error:
            SIGNS_LOST.inc()
            log.warning("progress.not_announced", workflow_id=sign.event.workflow_id, error=str(error))


def _time_finished_step(sign: SignOfLife) -> None:
    # The step before ends in the moment in which the next one is told of.
    for step in sign.event.progress.steps:
        if step.started_at is not None and step.finished_at == sign.occurred_at:
            seconds = (sign.occurred_at - step.started_at).total_seconds()
            STEP_DURATION.labels(step=step.name).observe(seconds)
