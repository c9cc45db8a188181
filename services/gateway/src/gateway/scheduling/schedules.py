"""The schedules of a tenant, as Temporal keeps them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from pydantic import BaseModel
from temporalio.client import (
    Client,
    ScheduleAlreadyRunningError,
    ScheduleHandle,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from contracts.schedules import (
    DueReport,
    ScheduleDefinition,
    ScheduledReport,
    schedules_prefix,
    temporal_schedule_id,
)
from gateway.reading.executions import COMMAND_TIMEOUT, NoOpenExecutionError, bounded
from gateway.scheduling.description import KnownSchedule, due_time, known_schedule, temporal_schedule

CONCURRENT_READS = 16
START_PATIENCE = timedelta(seconds=3)
LOOK_AGAIN_AFTER = timedelta(milliseconds=50)


class ScheduleNotFoundError(Exception):
    """The tenant has no such schedule."""


class ScheduleExistsError(Exception):
    """Another schedule has this id."""


class TriggeredRun(BaseModel):
    """What came of a run that was asked for: its report, or none yet because of the one before it."""

    workflow_id: str | None = None
    skipped: bool = False


class Schedules:
    """Each method raises `TemporalUnavailableError` when Temporal does not answer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._reads = asyncio.Semaphore(CONCURRENT_READS)

    async def create(self, scheduled: ScheduledReport, *, paused: bool, note: str) -> KnownSchedule:
        """Keep a new schedule.

        Raises:
            ScheduleExistsError: there is one with this id.

        """
        schedule = temporal_schedule(scheduled, ScheduleState(paused=paused, note=note or None))
        temporal_id = temporal_schedule_id(scheduled.tenant_id, scheduled.schedule_id)
        try:
            async with bounded(COMMAND_TIMEOUT):
                await self._client.create_schedule(temporal_id, schedule)
        except ScheduleAlreadyRunningError as error:
            raise ScheduleExistsError(scheduled.schedule_id) from error
        return await self.find(scheduled.tenant_id, scheduled.schedule_id)

    async def all(self, tenant_id: str) -> list[KnownSchedule]:
        """Give all schedules of a tenant, newest first."""
        prefix = schedules_prefix(tenant_id)
        async with bounded(COMMAND_TIMEOUT):
            listed = await self._client.list_schedules(f'ScheduleId STARTS_WITH "{prefix}"')
            ids = [schedule.id.removeprefix(prefix) async for schedule in listed]
        found = await asyncio.gather(*(self._find_if_there(tenant_id, schedule_id) for schedule_id in ids))
        return sorted(filter(None, found), key=lambda schedule: schedule.created_at, reverse=True)

    async def _find_if_there(self, tenant_id: str, schedule_id: str) -> KnownSchedule | None:
        try:
            async with self._reads:
                return await self.find(tenant_id, schedule_id)
        except ScheduleNotFoundError:
            # Deleted since it was listed.
            return None

    async def find(self, tenant_id: str, schedule_id: str) -> KnownSchedule:
        """Give one schedule.

        Raises:
            ScheduleNotFoundError: the tenant has none with this id.

        """
        async with self._handle(tenant_id, schedule_id) as handle:
            description = await handle.describe()
            return await known_schedule(schedule_id, description, self._client.data_converter)

    async def change(self, tenant_id: str, schedule_id: str, definition: ScheduleDefinition) -> KnownSchedule:
        """Replace what a schedule does; raises what `find` raises."""
        scheduled = ScheduledReport(schedule_id=schedule_id, tenant_id=tenant_id, definition=definition)

        def changed(current: ScheduleUpdateInput) -> ScheduleUpdate:
            return ScheduleUpdate(temporal_schedule(scheduled, current.description.schedule.state))

        async with self._handle(tenant_id, schedule_id) as handle:
            await handle.update(changed)
        return await self.find(tenant_id, schedule_id)

    async def delete(self, tenant_id: str, schedule_id: str) -> None:
        """Forget a schedule; what it has started goes on. Raises what `find` raises."""
        async with self._handle(tenant_id, schedule_id) as handle:
            await handle.delete()

    async def pause(self, tenant_id: str, schedule_id: str, note: str) -> KnownSchedule:
        """Start no more runs until the schedule is resumed; raises what `find` raises."""
        async with self._handle(tenant_id, schedule_id) as handle:
            await handle.pause(note=note or None)
        return await self.find(tenant_id, schedule_id)

    async def resume(self, tenant_id: str, schedule_id: str, note: str) -> KnownSchedule:
        """Start runs when they are due again; raises what `find` raises."""
        async with self._handle(tenant_id, schedule_id) as handle:
            await handle.unpause(note=note or None)
        return await self.find(tenant_id, schedule_id)

    async def run_now(self, tenant_id: str, schedule_id: str) -> TriggeredRun:
        """Start a run now, under the schedule's own rule for runs that overlap; raises what `find` raises.

        Temporal takes the request and acts on it a moment later; waits until it has, up to three seconds.
        """
        before = await self.find(tenant_id, schedule_id)
        async with self._handle(tenant_id, schedule_id) as handle:
            await handle.trigger()
            try:
                async with asyncio.timeout(START_PATIENCE.total_seconds()):
                    return await self._triggered(handle, before, tenant_id)
            except TimeoutError:
                return TriggeredRun()

    async def _triggered(self, handle: ScheduleHandle, before: KnownSchedule, tenant_id: str) -> TriggeredRun:
        while True:
            info = (await handle.describe()).info
            if info.num_actions_skipped_overlap > before.skipped:
                return TriggeredRun(skipped=True)
            if info.num_actions > before.runs and info.recent_actions:
                due_at = due_time(handle.id, info.recent_actions[-1])
                scheduled = ScheduledReport(
                    schedule_id=before.schedule_id, tenant_id=tenant_id, definition=before.definition
                )
                due = DueReport(scheduled=scheduled, due_at=due_at, accepted_at=due_at)
                await self._until_started(due.workflow_id)
                return TriggeredRun(workflow_id=due.workflow_id)
            await asyncio.sleep(LOOK_AGAIN_AFTER.total_seconds())

    async def _until_started(self, workflow_id: str) -> None:
        while True:
            try:
                await self._client.get_workflow_handle(workflow_id).describe()
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                await asyncio.sleep(LOOK_AGAIN_AFTER.total_seconds())
            else:
                return

    @asynccontextmanager
    async def _handle(self, tenant_id: str, schedule_id: str) -> AsyncIterator[ScheduleHandle]:
        try:
            async with bounded(COMMAND_TIMEOUT):
                yield self._client.get_schedule_handle(temporal_schedule_id(tenant_id, schedule_id))
        except NoOpenExecutionError as error:
            raise ScheduleNotFoundError(schedule_id) from error
