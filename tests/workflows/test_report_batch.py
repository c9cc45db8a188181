"""A batch has every row made once, some at a time, and tells what came of them when all have ended."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError

from contracts.artifacts import ArtifactRef
from contracts.batches import BATCH_MAX_ROWS, BATCH_PROGRESS_QUERY, BatchInput, BatchProgress, BatchStatus
from contracts.failures import FailureCode
from contracts.reports import ReportStatus
from contracts.task_queues import TaskQueue
from orchestrator import policies
from orchestrator.workflows.report_batch import ReportBatchWorkflow
from runtime import durable
from tests.workflows.batch_cast import ARCHIVE
from tests.workflows.stage import TimeSkippingStage

ROWS = ArtifactRef(key="rows.json", sha256="0" * 64, size=1, content_type="application/json")
HISTORY_WARNING_EVENTS = 10_240

BatchHandle = WorkflowHandle[ReportBatchWorkflow, BatchProgress]


async def start(stage: TimeSkippingStage, total: int) -> BatchHandle:
    now = datetime.now(UTC)
    batch = BatchInput(
        batch_id=uuid4().hex, rows=ROWS, total=total, requested_at=now, producer="test", accepted_at=now
    )
    return await stage.client.start_workflow(
        ReportBatchWorkflow.run, batch, id=batch.workflow_id, task_queue=TaskQueue.REPORTS
    )


async def progress_of(handle: BatchHandle) -> BatchProgress:
    progress: BatchProgress = await handle.query(BATCH_PROGRESS_QUERY, result_type=BatchProgress)
    return progress


async def until(handle: BatchHandle, status: ReportStatus, count: int) -> BatchProgress:
    """Ask until so many reports have this status; the test's own timeout bounds it."""
    while True:
        progress = await progress_of(handle)
        if progress.counts.get(status) == count:
            return progress
        await asyncio.sleep(0.02)


async def test_every_row_becomes_a_report_and_the_end_is_stored_then_told(stage: TimeSkippingStage) -> None:
    handle = await start(stage, 3)
    progress = await handle.result()

    assert progress.status is BatchStatus.COMPLETED
    assert progress.counts == {ReportStatus.COMPLETED: 3}
    assert progress.archive == ARCHIVE
    batch_id = handle.id.removeprefix("batch-")
    assert {call.report.request_id for call in stage.cast.calls} == {f"{batch_id}-{n}" for n in (1, 2, 3)}
    assert {record.batch_id for record in stage.cast.records} == {batch_id}
    assert [record.status for record in stage.batches.stored] == [BatchStatus.RUNNING, BatchStatus.COMPLETED]
    assert stage.batches.stored[-1].archive == ARCHIVE
    assert stage.batches.announced == [progress]
    assert await progress_of(handle) == progress


async def test_a_failed_report_is_counted_and_holds_nothing_up(stage: TimeSkippingStage) -> None:
    calls = 0

    async def refuse_the_first() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ApplicationError("no such model", type=FailureCode.MODEL_NOT_FOUND, non_retryable=True)

    stage.cast.on_llm_call = refuse_the_first
    progress = await (await start(stage, 3)).result()
    assert progress.status is BatchStatus.COMPLETED
    assert progress.counts == {ReportStatus.COMPLETED: 2, ReportStatus.FAILED: 1}


async def test_cancelling_ends_the_reports_under_way_and_starts_no_others(stage: TimeSkippingStage) -> None:
    async def write_for_ever() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(0.05)

    stage.cast.on_llm_call = write_for_ever
    at_once = policies.BATCH_REPORTS_AT_ONCE
    with stage.environment.auto_time_skipping_disabled():
        handle = await start(stage, at_once + 10)
        await until(handle, ReportStatus.RUNNING, at_once)
        await handle.cancel()
        progress = await handle.result()

    assert progress.status is BatchStatus.CANCELLED
    assert progress.counts == {ReportStatus.CANCELLED: at_once + 10}
    cancelled = [record for record in stage.cast.records if record.status is ReportStatus.CANCELLED]
    assert len(cancelled) == at_once
    assert stage.batches.archived[0].status is BatchStatus.CANCELLED
    assert stage.batches.stored[-1].status is BatchStatus.CANCELLED
    assert len(stage.batches.announced) == 1


async def test_no_more_than_so_many_reports_are_under_way_at_once(stage: TimeSkippingStage) -> None:
    at_once = policies.BATCH_REPORTS_AT_ONCE
    stage.batches.in_review = set(range(1, at_once + 1))
    with stage.environment.auto_time_skipping_disabled():
        handle = await start(stage, at_once + 1)
        progress = await until(handle, ReportStatus.RUNNING, at_once)
        assert progress.counts == {ReportStatus.ACCEPTED: 1, ReportStatus.RUNNING: at_once}
        first = stage.client.get_workflow_handle(progress.reports[0].workflow_id)
        await first.cancel()
        await until(handle, ReportStatus.COMPLETED, 1)
        await handle.cancel()
        await handle.result()


async def test_the_history_of_the_largest_batch_stays_small(stage: TimeSkippingStage) -> None:
    """A sixth of the largest is enough to see that a report costs a few events, all of them alike."""
    rows = BATCH_MAX_ROWS // 6
    handle = await start(stage, rows)
    await handle.result()
    description = await handle.describe()
    assert description.history_length * BATCH_MAX_ROWS / rows < HISTORY_WARNING_EVENTS


def test_a_child_report_gets_the_task_timeout_of_others() -> None:
    assert policies.REPORT_TASK_TIMEOUT == durable.WORKFLOW_TASK_TIMEOUT
