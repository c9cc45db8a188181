"""The Temporal Schedule that starts the sweep."""

from datetime import timedelta

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from contracts.task_queues import TaskQueue
from orchestrator.workflows.reconcile_reports import ReconcileReportsWorkflow

SCHEDULE_ID = "reconcile-reports"
SWEEP_INTERVAL = timedelta(minutes=5)

log = structlog.get_logger(__name__)


async def schedule_sweep(temporal: Client) -> None:
    """Make the schedule, or bring an existing one up to date; whether it is paused stays as it is."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            ReconcileReportsWorkflow.run, id=SCHEDULE_ID, task_queue=TaskQueue.REPORTS
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=SWEEP_INTERVAL)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )
    try:
        await temporal.create_schedule(SCHEDULE_ID, schedule)
    except ScheduleAlreadyRunningError:

        def updated(current: ScheduleUpdateInput) -> ScheduleUpdate:
            schedule.state = current.description.schedule.state
            return ScheduleUpdate(schedule)

        await temporal.get_schedule_handle(SCHEDULE_ID).update(updated)
    log.info("reconciliation.scheduled", minutes=SWEEP_INTERVAL.total_seconds() / 60)
