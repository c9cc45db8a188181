"""A schedule in Temporal's form, and back."""

from datetime import datetime, timedelta

from pydantic import BaseModel
from temporalio.client import (
    Schedule,
    ScheduleActionExecutionStartWorkflow,
    ScheduleActionResult,
    ScheduleActionStartWorkflow,
    ScheduleDescription,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleState,
)
from temporalio.converter import DataConverter

from contracts.fairness import fair_share
from contracts.schedules import (
    SCHEDULED_REPORT_WORKFLOW,
    Overlap,
    ScheduleDefinition,
    ScheduledReport,
    temporal_schedule_id,
)
from contracts.task_queues import TaskQueue
from gateway.scheduling.calendars import spec_of

NEXT_RUNS_SHOWN = 5

_OVERLAP = {
    Overlap.SKIP: ScheduleOverlapPolicy.SKIP,
    Overlap.BUFFER_ONE: ScheduleOverlapPolicy.BUFFER_ONE,
    Overlap.BUFFER_ALL: ScheduleOverlapPolicy.BUFFER_ALL,
    Overlap.CANCEL_OTHER: ScheduleOverlapPolicy.CANCEL_OTHER,
    Overlap.ALLOW_ALL: ScheduleOverlapPolicy.ALLOW_ALL,
}


class KnownSchedule(BaseModel):
    """A schedule, and how it is; `skipped` and `missed` count runs that were left out."""

    schedule_id: str
    definition: ScheduleDefinition
    paused: bool
    note: str
    next_runs: list[datetime]
    running: int
    runs: int
    skipped: int
    missed: int
    created_at: datetime


def temporal_schedule(scheduled: ScheduledReport, state: ScheduleState) -> Schedule:
    """Give a schedule as Temporal keeps it."""
    definition = scheduled.definition
    return Schedule(
        action=ScheduleActionStartWorkflow(
            SCHEDULED_REPORT_WORKFLOW,
            scheduled,
            id=temporal_schedule_id(scheduled.tenant_id, scheduled.schedule_id),
            task_queue=TaskQueue.REPORTS,
            static_summary=definition.name,
            priority=fair_share(scheduled.tenant_id, definition.requested_by),
        ),
        spec=spec_of(definition.calendar, definition.time_zone),
        policy=SchedulePolicy(
            overlap=_OVERLAP[definition.overlap],
            catchup_window=timedelta(seconds=definition.catch_up_seconds),
            pause_on_failure=definition.pause_on_failure,
        ),
        state=state,
    )


async def known_schedule(
    schedule_id: str, description: ScheduleDescription, converter: DataConverter
) -> KnownSchedule:
    """Read what Temporal tells of a schedule."""
    schedule, info = description.schedule, description.info
    assert isinstance(schedule.action, ScheduleActionStartWorkflow)  # noqa: S101 - the only kind there is
    (scheduled,) = await converter.decode(list(schedule.action.args), [ScheduledReport])
    return KnownSchedule(
        schedule_id=schedule_id,
        definition=scheduled.definition,
        paused=schedule.state.paused,
        note=schedule.state.note or "",
        next_runs=[] if schedule.state.paused else list(info.next_action_times[:NEXT_RUNS_SHOWN]),
        running=len(info.running_actions),
        runs=info.num_actions,
        skipped=info.num_actions_skipped_overlap,
        missed=info.num_actions_missed_catchup_window,
        created_at=info.created_at,
    )


def due_time(temporal_id: str, result: ScheduleActionResult) -> datetime:
    """Give when a run was due: Temporal writes it behind the id of what it starts."""
    assert isinstance(result.action, ScheduleActionExecutionStartWorkflow)  # noqa: S101 - the only kind there is
    return datetime.fromisoformat(result.action.workflow_id.removeprefix(f"{temporal_id}-"))
