"""How every part of the system is, as far as the gateway can see."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel
from temporalio.client import Client

from contracts.subjects import DISPATCHER_DURABLE, EVENTS_STREAM, INTAKE_DURABLE, REQUESTS_STREAM
from contracts.task_queues import TaskQueue
from gateway.connections import BusLink
from gateway.readiness import Readiness
from runtime.health import CHECK_TIMEOUT
from runtime.task_queues import TaskKind, state_of

# A consumer that has just taken a message asks for the next one within this time.
SECOND_LOOK = timedelta(milliseconds=400)

Inspection = Callable[[], Awaitable["Component"]]


class Component(BaseModel):
    """One part; `processes` and `waiting` (tasks or messages that wait for it) are null when not known."""

    ok: bool
    detail: str = ""
    processes: int | None = None
    waiting: int | None = None


class Health(BaseModel):
    """All parts by name; `ok` when each of them is."""

    ok: bool
    components: dict[str, Component]


class Components:
    """Looks at each part; servers as readiness does, processes by what they ask for."""

    def __init__(self, link: BusLink, temporal: Client, readiness: Readiness) -> None:
        self._link = link
        self._temporal = temporal
        self._readiness = readiness
        self._inspections: Mapping[str, Inspection] = {
            "intake": self._consumer(REQUESTS_STREAM, INTAKE_DURABLE),
            "workflows": self._queue(TaskQueue.REPORTS, TaskKind.WORKFLOW),
            "llm_worker": self._queue(TaskQueue.LLM),
            "pdf_worker": self._queue(TaskQueue.PDF),
            "metadata": self._queue(TaskQueue.METADATA),
            "announcer": self._queue(TaskQueue.NOTIFICATION),
            "dispatcher": self._consumer(EVENTS_STREAM, DISPATCHER_DURABLE),
        }

    async def look(self) -> Health:
        """Look at all parts side by side."""
        names = list(self._inspections)
        results, found = await asyncio.gather(
            self._readiness.results(),
            asyncio.gather(*(self._inspect(self._inspections[name]) for name in names)),
        )
        servers = {
            name: Component(ok=results[name].ok, detail=results[name].detail)
            for name in ("nats", "temporal", "postgresql", "artifacts")
        }
        components = {
            "gateway": Component(ok=True, processes=1),
            **servers,
            **dict(zip(names, found, strict=True)),
        }
        return Health(ok=all(component.ok for component in components.values()), components=components)

    async def _inspect(self, inspection: Inspection) -> Component:
        try:
            return await asyncio.wait_for(inspection(), CHECK_TIMEOUT.total_seconds())
        except Exception as error:  # noqa: BLE001 - whatever an inspection raises is its finding
            return Component(ok=False, detail=str(error)[:200] or type(error).__name__)

    def _queue(self, queue: TaskQueue, kind: TaskKind = TaskKind.ACTIVITY) -> Inspection:
        async def inspect() -> Component:
            state = await state_of(self._temporal, queue, kind)
            if not state.pollers:
                raise LookupError(f"no worker asks for work on the task queue {queue}")
            return Component(ok=True, processes=state.pollers, waiting=state.backlog)

        return inspect

    def _consumer(self, stream: str, durable: str) -> Inspection:
        async def inspect() -> Component:
            jetstream = self._link.bus.jetstream
            info = await jetstream.consumer_info(stream, durable)
            if not info.num_waiting:
                await asyncio.sleep(SECOND_LOOK.total_seconds())
                info = await jetstream.consumer_info(stream, durable)
            is_busy = bool(info.num_ack_pending) and _is_recent(info.delivered and info.delivered.last_active)
            if not info.num_waiting and not is_busy:
                raise LookupError(f"nobody asks for messages of {durable}")
            return Component(ok=True, waiting=(info.num_pending or 0) + (info.num_ack_pending or 0))

        return inspect


def _is_recent(at: datetime | None) -> bool:
    return at is not None and datetime.now(UTC) - at < timedelta(seconds=10)
