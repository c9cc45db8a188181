"""Reports as Temporal knows them: asked by query, steered by update and cancellation."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import (
    Client,
    RPCTimeoutOrCancelledError,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import QueryRejectCondition, WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from contracts.reports import ReportProgress, ReportRecord, ReportStatus
from contracts.task_queues import TaskQueue
from contracts.workflows import (
    PAUSE_UPDATE,
    PROGRESS_QUERY,
    RENDER_REPORT_WORKFLOW,
    RESUME_UPDATE,
    SUBMIT_DECISION_UPDATE,
    Decision,
    RenderInput,
    render_workflow_id,
)
from gateway.reading.waiting import Underway, underway

QUERY_TIMEOUT = timedelta(seconds=2)
COMMAND_TIMEOUT = timedelta(seconds=5)

_CLOSED = {
    WorkflowExecutionStatus.COMPLETED: ReportStatus.COMPLETED,
    WorkflowExecutionStatus.FAILED: ReportStatus.FAILED,
    WorkflowExecutionStatus.TIMED_OUT: ReportStatus.FAILED,
    WorkflowExecutionStatus.CANCELED: ReportStatus.CANCELLED,
    WorkflowExecutionStatus.TERMINATED: ReportStatus.CANCELLED,
}


class TemporalUnavailableError(Exception):
    """Temporal, or the worker that would answer, is away; whether a command arrived is unknown."""


class NoOpenExecutionError(Exception):
    """No workflow with this id is running."""


class RefusedError(Exception):
    """The report cannot take this now; `kind` is one of the refusals in `contracts.workflows`."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class RenderingFailedError(Exception):
    """The report could not be rendered again."""


class Executions:
    """The workflows of reports."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def progress(self, workflow_id: str) -> ReportProgress | ReportStatus | None:
        """Ask a report how far it is.

        Gives its progress; only its status when it has ended or no worker can answer now; None when Temporal
        knows no such workflow.

        Raises:
            TemporalUnavailableError: Temporal does not answer.

        """
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            async with bounded(QUERY_TIMEOUT):
                progress: ReportProgress = await handle.query(
                    PROGRESS_QUERY,
                    result_type=ReportProgress,
                    reject_condition=QueryRejectCondition.NOT_OPEN,
                    rpc_timeout=QUERY_TIMEOUT,
                )
                return progress
        except WorkflowQueryRejectedError as rejection:
            return _CLOSED.get(rejection.status or WorkflowExecutionStatus.RUNNING, ReportStatus.RUNNING)
        except NoOpenExecutionError:
            return None
        except (WorkflowQueryFailedError, TemporalUnavailableError):
            return await self._described(handle)

    async def last_progress(self, workflow_id: str) -> ReportProgress | None:
        """Ask a report that may have ended what it knew last; None when it or its worker cannot say now.

        Temporal can ask as long as it keeps the history of an ended report.
        """
        try:
            async with bounded(QUERY_TIMEOUT):
                handle = self._client.get_workflow_handle(workflow_id)
                progress: ReportProgress = await handle.query(
                    PROGRESS_QUERY, result_type=ReportProgress, rpc_timeout=QUERY_TIMEOUT
                )
                return progress
        except (WorkflowQueryFailedError, NoOpenExecutionError, TemporalUnavailableError):
            return None

    async def _described(self, handle: WorkflowHandle[object, object]) -> ReportStatus | None:
        try:
            async with bounded(QUERY_TIMEOUT):
                description = await handle.describe(rpc_timeout=QUERY_TIMEOUT)
        except NoOpenExecutionError:
            return None
        return _CLOSED.get(description.status or WorkflowExecutionStatus.RUNNING, ReportStatus.RUNNING)

    async def underway(self, workflow_id: str) -> Underway:
        """Tell what a running report waits for and which attempts it is at; empty when nobody can say now."""
        try:
            async with bounded(QUERY_TIMEOUT):
                handle = self._client.get_workflow_handle(workflow_id)
                description = await handle.describe(rpc_timeout=QUERY_TIMEOUT)
        except (NoOpenExecutionError, TemporalUnavailableError):
            return Underway()
        return await underway(description.raw_description.pending_activities, self._client.data_converter)

    async def decide(self, workflow_id: str, decision: Decision, *, update_id: str | None) -> None:
        """Submit a decision; the same `update_id` counts once.

        Raises:
            RefusedError: it cannot count.
            NoOpenExecutionError: the report is not running.
            TemporalUnavailableError: whether it counted is unknown.

        """
        await self._update(workflow_id, SUBMIT_DECISION_UPDATE, [decision], update_id)

    async def pause(self, workflow_id: str) -> ReportProgress:
        """Have a report begin nothing more until it is resumed; raises what `decide` raises."""
        return await self._update(workflow_id, PAUSE_UPDATE)

    async def resume(self, workflow_id: str) -> ReportProgress:
        """Have a paused report go on; raises what `decide` raises."""
        return await self._update(workflow_id, RESUME_UPDATE)

    async def _update(
        self, workflow_id: str, name: str, arguments: Sequence[object] = (), update_id: str | None = None
    ) -> ReportProgress:
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            async with bounded(COMMAND_TIMEOUT):
                progress: ReportProgress = await handle.execute_update(
                    name,
                    args=arguments,
                    id=update_id,
                    result_type=ReportProgress,
                    rpc_timeout=COMMAND_TIMEOUT,
                )
        except WorkflowUpdateFailedError as failure:
            if isinstance(failure.cause, ApplicationError) and failure.cause.type:
                raise RefusedError(failure.cause.type, failure.cause.message) from failure
            raise NoOpenExecutionError(workflow_id) from failure
        return progress

    async def render_again(self, record: ReportRecord, patience: timedelta) -> bool:
        """Start rendering a completed report again; a rendering that is under way already is enough.

        Gives True when it is done within `patience`.

        Raises:
            RenderingFailedError: it was tried, and failed for good.
            TemporalUnavailableError: whether it was started is unknown; asking again is safe.

        """
        async with bounded(COMMAND_TIMEOUT):
            rendering = await self._client.start_workflow(
                RENDER_REPORT_WORKFLOW,
                RenderInput(record=record),
                id=render_workflow_id(record.workflow_id),
                task_queue=TaskQueue.REPORTS,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                rpc_timeout=COMMAND_TIMEOUT,
            )
        if not patience:
            return False
        try:
            async with bounded(patience):
                await rendering.result()
        except TemporalUnavailableError:
            return False
        except WorkflowFailureError as failure:
            raise RenderingFailedError(record.workflow_id) from failure
        return True

    async def cancel(self, workflow_id: str) -> None:
        """Ask a running report to stop.

        Raises:
            NoOpenExecutionError: the report is not running.
            TemporalUnavailableError: whether it was asked is unknown.

        """
        async with bounded(COMMAND_TIMEOUT):
            await self._client.get_workflow_handle(workflow_id).cancel(rpc_timeout=COMMAND_TIMEOUT)


@asynccontextmanager
async def bounded(limit: timedelta) -> AsyncIterator[None]:
    """Give up after `limit`.

    Raises:
        NoOpenExecutionError: Temporal knows no such workflow, or it is closed.
        TemporalUnavailableError: no answer in time, or none at all.

    """
    try:
        # The client retries a refused call for ten seconds by itself.
        async with asyncio.timeout(limit.total_seconds()):
            yield
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NoOpenExecutionError(error.message) from error
        raise TemporalUnavailableError(error.status.name) from error
    # RuntimeError: a client that has never been connected.
    except (TimeoutError, RPCTimeoutOrCancelledError, RuntimeError) as error:
        raise TemporalUnavailableError(type(error).__name__) from error
