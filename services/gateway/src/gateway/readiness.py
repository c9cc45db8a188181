"""Whether the whole stack can take a report and bring it to its end."""

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta

from temporalio.client import Client

from contracts.subjects import INTAKE_DURABLE, REQUESTS_STREAM
from contracts.task_queues import TaskQueue
from gateway.connections import BusLink
from gateway.reading.records import Records
from runtime import durable
from runtime.artifacts import ArtifactStore
from runtime.health import Check, CheckResult, run_checks
from runtime.task_queues import TaskKind, state_of

CACHE_TIME = timedelta(seconds=2)
ACTIVITY_QUEUES = (TaskQueue.METADATA, TaskQueue.LLM, TaskQueue.PDF, TaskQueue.NOTIFICATION)


class Readiness:
    """Runs the checks at most every two seconds, however many ask."""

    def __init__(self, link: BusLink, temporal: Client, records: Records, artifacts: ArtifactStore) -> None:
        self._link = link
        self._temporal = temporal
        self._checks: Mapping[str, Check] = {
            "nats": self._check_intake,
            "temporal": self._check_temporal,
            "postgresql": records.check,
            "artifacts": artifacts.check,
            **self._worker_checks(),
        }
        self._lock = asyncio.Lock()
        self._results: dict[str, CheckResult] = {}
        self._checked_at = -CACHE_TIME.total_seconds()

    async def results(self) -> dict[str, CheckResult]:
        """Give what each check found, at most two seconds ago."""
        async with self._lock:
            if time.monotonic() - self._checked_at >= CACHE_TIME.total_seconds():
                self._results = await run_checks(self._checks)
                self._checked_at = time.monotonic()
            return self._results

    async def _check_intake(self) -> None:
        # A deleted consumer would leave requests lying on the bus while everything looks well.
        await self._link.bus.jetstream.consumer_info(REQUESTS_STREAM, INTAKE_DURABLE)

    async def _check_temporal(self) -> None:
        await durable.check(self._temporal)

    def _worker_checks(self) -> dict[str, Check]:
        checks: dict[str, Check] = {
            "workers: reports": self._poller_check(TaskQueue.REPORTS, TaskKind.WORKFLOW)
        }
        for queue in ACTIVITY_QUEUES:
            checks[f"workers: {queue}"] = self._poller_check(queue, TaskKind.ACTIVITY)
        return checks

    def _poller_check(self, queue: TaskQueue, kind: TaskKind) -> Check:
        async def check() -> None:
            if not (await state_of(self._temporal, queue, kind)).pollers:
                raise LookupError(f"no worker asks for work on the task queue {queue}")

        return check
