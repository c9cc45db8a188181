"""Many reports at once: each a child workflow, a bounded number under way, one archive at the end."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import (
    ActivityError,
    ChildWorkflowError,
    WorkflowAlreadyStartedError,
    is_cancelled_exception,
)

with workflow.unsafe.imports_passed_through():
    from contracts.activities.acceptance import AcceptanceActivities
    from contracts.activities.batches import BatchActivities
    from contracts.batches import (
        BATCH_PROGRESS_QUERY,
        REPORT_BATCH_WORKFLOW,
        BatchInput,
        BatchPart,
        BatchProgress,
        BatchStatus,
    )
    from contracts.reports import ReportStatus
    from contracts.workflows import ReportInput
    from orchestrator import policies
    from orchestrator.workflows.batch_state import BatchState, ended_as
    from orchestrator.workflows.child_reports import start_child_report
    from orchestrator.workflows.uninterrupted import uninterrupted


@workflow.defn(name=REPORT_BATCH_WORKFLOW)
class ReportBatchWorkflow:
    """One batch, from its rows to the archive of what came of them."""

    @workflow.init
    def __init__(self, batch: BatchInput) -> None:
        self._batch = batch
        self._state = BatchState(batch)
        self._slots = asyncio.Semaphore(policies.BATCH_REPORTS_AT_ONCE)

    @workflow.run
    async def run(self, batch: BatchInput) -> BatchProgress:
        """Have every row made, then store the archive and announce it; cancelled, with what there is."""
        outcome = BatchStatus.COMPLETED
        work = asyncio.create_task(self._make_all(batch))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            outcome = BatchStatus.CANCELLED
            work.cancel()
        return await uninterrupted(self._finish(outcome, work))

    @workflow.query(name=BATCH_PROGRESS_QUERY)
    def progress(self) -> BatchProgress:
        """Give the state of the batch and of its reports at this moment."""
        return self._state.progress()

    async def _make_all(self, batch: BatchInput) -> None:
        await self._store()
        async with asyncio.TaskGroup() as reports:
            for first in range(1, batch.total + 1, policies.BATCH_PART_ROWS):
                last = min(first + policies.BATCH_PART_ROWS - 1, batch.total)
                # Rows are read only when there is room for the first of them.
                async with self._slots:
                    part = await self._accept(BatchPart(batch=batch, first=first, last=last))
                for number, report in enumerate(part, start=first):
                    await self._slots.acquire()
                    reports.create_task(self._make(number, report))

    async def _accept(self, part: BatchPart) -> list[ReportInput]:
        try:
            accepted = await workflow.execute_activity_method(
                AcceptanceActivities.accept_batch_part,
                part,
                summary=f"rows {part.first} to {part.last}",
                **policies.ACCEPT.options(),
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            rows = {"first": part.first, "last": part.last, "error": type(error.cause).__name__}
            workflow.logger.error("batch.rows_unreadable", extra=rows)
            for number in range(part.first, part.last + 1):
                self._note(number, ReportStatus.FAILED)
            return []
        return accepted.reports

    async def _make(self, number: int, report: ReportInput) -> None:
        try:
            self._note(number, ReportStatus.RUNNING)
            await (await start_child_report(report))
            self._note(number, ReportStatus.COMPLETED)
        except (ChildWorkflowError, WorkflowAlreadyStartedError) as error:
            self._note(number, ended_as(error))
        finally:
            self._slots.release()

    def _note(self, number: int, status: ReportStatus) -> None:
        self._state.note(number, status)
        workflow.set_current_details(self._state.summary())

    async def _finish(self, outcome: BatchStatus, work: "asyncio.Task[None]") -> BatchProgress:
        await workflow.wait([work])
        self._state.close_rows()
        try:
            self._state.archive = await workflow.execute_activity_method(
                BatchActivities.archive_batch,
                self._state.record(outcome, workflow.now()),
                **policies.ARCHIVE_BATCH.options(),
            )
        except ActivityError as error:
            cause = type(error.cause).__name__
            workflow.logger.error("batch.not_archived", extra={"error": cause})
        self._state.end(outcome, workflow.now())
        await self._store()
        await workflow.execute_activity_method(
            BatchActivities.announce_batch, self._state.progress(), **policies.ANNOUNCE_BATCH.options()
        )
        return self._state.progress()

    async def _store(self) -> None:
        record = self._state.record()
        await workflow.execute_activity_method(
            BatchActivities.store_batch, record, summary=record.status, **policies.STORE_BATCH.options()
        )
