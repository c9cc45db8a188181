"""What an operator needs to know at once, from every source; one that is silent does not hide the others."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import asyncpg
from pydantic import BaseModel
from temporalio.client import Client

from gateway.components import Component, Components
from gateway.connections import BusLink
from gateway.reading.alerts import Alert, Alerts
from gateway.reading.message_figures import MessageFigures, Messages
from gateway.reading.report_figures import ReportFigures, Reports
from gateway.reading.sweeps import Sweep, SweepFigures
from runtime.health import CHECK_TIMEOUT
from runtime.task_queues import QUEUES, QueueState, state_of

Source = Callable[[], Awaitable[Any]]


class Worker(BaseModel):
    """A worker process that asked for work of late."""

    identity: str
    queue: str
    build_id: str
    last_asked_at: datetime


class QueueFigures(BaseModel):
    """A task queue: who works on it, what waits there, how long, and how fast it moves."""

    queue: str
    workers: int
    backlog: int
    oldest_seconds: float
    added_per_minute: float
    dispatched_per_minute: float


class TaskQueues(BaseModel):
    """Temporal's task queues and those who work on them."""

    queues: list[QueueFigures]
    workers: list[Worker]


class OperationsView(BaseModel):
    """Everything; a part is null when its source does not answer, and `silent` then says why."""

    components: dict[str, Component]
    tasks: TaskQueues | None = None
    messages: Messages | None = None
    reports: Reports | None = None
    sweep: Sweep | None = None
    alerts: list[Alert] | None = None
    has_dashboards: bool = False
    silent: dict[str, str] = {}


class Operations:
    """Asks all sources side by side."""

    def __init__(
        self, components: Components, sources: Mapping[str, Source], *, has_dashboards: bool
    ) -> None:
        """Take the sources by the field of `OperationsView` that each fills."""
        self._components = components
        self._sources = sources
        self._has_dashboards = has_dashboards

    async def look(self) -> OperationsView:
        """Look at everything; waits no longer than a check may take."""
        health, *answers = await asyncio.gather(
            self._components.look(), *(_ask(source) for source in self._sources.values())
        )
        found = dict(zip(self._sources, answers, strict=True))
        silent = {name: answer.reason for name, answer in found.items() if isinstance(answer, _Silence)}
        return OperationsView(
            components=health.components,
            has_dashboards=self._has_dashboards,
            silent=silent,
            **{name: answer for name, answer in found.items() if name not in silent},
        )


def sources(link: BusLink, temporal: Client, pool: asyncpg.Pool, alerts: Alerts | None) -> dict[str, Source]:
    """Make the sources of everything that can be asked here."""
    asked: dict[str, Source] = {
        "tasks": partial(_tasks, temporal),
        "messages": MessageFigures(link).look,
        "reports": ReportFigures(pool).look,
        "sweep": SweepFigures(temporal).look,
    }
    return asked | ({"alerts": alerts.look} if alerts else {})


async def _tasks(client: Client) -> TaskQueues:
    states = await asyncio.gather(*(state_of(client, queue, kind) for queue, kind in QUEUES))
    named = [
        (f"{queue} ({kind.name.lower()})", state) for (queue, kind), state in zip(QUEUES, states, strict=True)
    ]
    return TaskQueues(
        queues=[_figures(name, state) for name, state in named],
        workers=[worker for name, state in named for worker in _workers(name, state)],
    )


def _figures(name: str, state: QueueState) -> QueueFigures:
    return QueueFigures(
        queue=name,
        workers=state.pollers,
        backlog=state.backlog,
        oldest_seconds=round(state.backlog_age.total_seconds(), 1),
        added_per_minute=round(60 * state.added_per_second, 1),
        dispatched_per_minute=round(60 * state.dispatched_per_second, 1),
    )


def _workers(name: str, state: QueueState) -> list[Worker]:
    return [
        Worker(
            identity=worker.identity,
            queue=name,
            build_id=worker.build_id,
            last_asked_at=worker.last_asked_at,
        )
        for worker in state.workers
    ]


@dataclass(frozen=True)
class _Silence:
    reason: str


async def _ask(source: Source) -> Any:  # noqa: ANN401 - each source has its own type, checked by the view
    try:
        return await asyncio.wait_for(source(), CHECK_TIMEOUT.total_seconds())
    except Exception as error:  # noqa: BLE001 - whatever a source raises, the others are shown
        return _Silence(str(error)[:200] or type(error).__name__)
