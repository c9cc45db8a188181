"""A run of a schedule is one report, waited for, whatever becomes of the run's own workflow."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError

from contracts.failures import FailureCode
from contracts.reports import ReportStatus
from contracts.schedules import Daily, DueReport, ScheduleDefinition, ScheduledReport, ScheduledRun
from contracts.task_queues import TaskQueue
from orchestrator.workflows.scheduled_report import ScheduledReportWorkflow
from tests.workflows.stage import TimeSkippingStage

DEFINITION = ScheduleDefinition(name="Morning news", prompt="What is new?", calendar=Daily(at="09:00"))


def scheduled() -> ScheduledReport:
    return ScheduledReport(schedule_id=uuid4().hex, definition=DEFINITION)


async def start(
    stage: TimeSkippingStage, run: ScheduledReport
) -> WorkflowHandle[ScheduledReportWorkflow, ScheduledRun]:
    return await stage.client.start_workflow(
        ScheduledReportWorkflow.run, run, id=f"run-{uuid4()}", task_queue=TaskQueue.REPORTS
    )


async def test_a_run_is_a_report_of_its_schedule(stage: TimeSkippingStage) -> None:
    run = scheduled()
    outcome = await (await start(stage, run)).result()

    (due,) = stage.batches.due
    assert outcome.workflow_id == f"report-{due.request_id}"
    assert due.request_id.startswith(f"{run.schedule_id}-20")
    assert outcome.pdf is not None
    assert stage.cast.records[-1].status is ReportStatus.COMPLETED
    assert stage.cast.records[-1].schedule_id == run.schedule_id


def test_a_run_has_the_same_report_on_every_attempt() -> None:
    run = scheduled()
    due_at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    first, second = (
        DueReport(scheduled=run, due_at=due_at, accepted_at=due_at.replace(second=second))
        for second in (1, 2)
    )
    assert first.request_id == second.request_id == f"{run.schedule_id}-20261122T090000Z"


async def test_a_run_fails_with_its_report(stage: TimeSkippingStage) -> None:
    async def refuse() -> None:
        raise ApplicationError("no such model", type=FailureCode.MODEL_NOT_FOUND, non_retryable=True)

    stage.cast.on_llm_call = refuse
    handle = await start(stage, scheduled())
    with pytest.raises(WorkflowFailureError) as raised:
        await handle.result()
    assert isinstance(raised.value.cause, ApplicationError)
    assert raised.value.cause.type == FailureCode.MODEL_NOT_FOUND


async def test_cancelling_a_run_cancels_its_report(stage: TimeSkippingStage) -> None:
    """As the overlap policy `cancel_other` does."""
    writing = asyncio.Event()

    async def write_for_ever() -> None:
        writing.set()
        while True:
            activity.heartbeat()
            await asyncio.sleep(0.05)

    stage.cast.on_llm_call = write_for_ever
    with stage.environment.auto_time_skipping_disabled():
        handle = await start(stage, scheduled())
        await writing.wait()
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert stage.cast.records[-1].status is ReportStatus.CANCELLED


async def test_a_report_outlives_a_run_that_was_ended_from_outside(stage: TimeSkippingStage) -> None:
    go_on, writing = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        writing.set()
        await go_on.wait()

    stage.cast.on_llm_call = wait
    with stage.environment.auto_time_skipping_disabled():
        handle = await start(stage, scheduled())
        await writing.wait()
        await handle.terminate()
        go_on.set()
        report_id = f"report-{stage.batches.due[0].request_id}"
        await stage.client.get_workflow_handle(report_id).result()
    assert stage.cast.records[-1].status is ReportStatus.COMPLETED
