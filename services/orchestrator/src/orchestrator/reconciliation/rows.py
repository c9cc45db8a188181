"""Rows that say a report is on its way while its workflow has ended or is gone."""

from datetime import UTC, datetime, timedelta

import asyncpg
import structlog
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from contracts import subjects
from contracts.events import Occurrence, ReportCancelled, ReportFailed, envelope, event_id
from contracts.failures import Failure, FailureCode
from contracts.reports import ReportStatus
from orchestrator.announcements import EVENT_SOURCE
from orchestrator.metrics import FINDINGS, REPORTS_FAILED, REPORTS_FINISHED
from orchestrator.reconciliation.findings import Finding
from runtime.bus import Bus

# A row is written when a report starts and when it ends; one that was touched just now is not suspicious.
SETTLING_TIME = timedelta(minutes=2)
ROWS_PER_SWEEP = 1_000

_OPEN_ROWS = """
SELECT workflow_id, request_id, tenant_id, revision, mode FROM reports
WHERE status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED') AND updated_at < $1
ORDER BY updated_at LIMIT $2
"""
# A report that has ended by itself since its row was read is left as it is.
_END_ROW = """
UPDATE reports SET status = $2, failure = $3::jsonb, finished_at = now(), updated_at = now()
WHERE workflow_id = $1 AND status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED') RETURNING true
"""
_ENDED_OUTSIDE = Failure(
    code=FailureCode.INTERNAL_ERROR,
    message="The report's workflow was ended from outside before it could finish. Ask again.",
)
_GONE = Failure(
    code=FailureCode.INTERNAL_ERROR,
    message="The report's workflow is no longer known to Temporal. Ask again.",
)

log = structlog.get_logger(__name__)


async def end_orphans(
    bus: Bus, temporal: Client, pool: asyncpg.Pool, settling_time: timedelta = SETTLING_TIME
) -> dict[Finding, int]:
    """End and announce each row whose workflow is no longer at work, and give how many there were."""
    found: dict[Finding, int] = {}
    for row in await pool.fetch(_OPEN_ROWS, datetime.now(UTC) - settling_time, ROWS_PER_SWEEP):
        finding = await _look_at(row, bus, temporal, pool)
        if finding is not None:
            FINDINGS.labels(finding=finding).inc()
            found[finding] = found.get(finding, 0) + 1
    return found


async def _look_at(row: asyncpg.Record, bus: Bus, temporal: Client, pool: asyncpg.Pool) -> Finding | None:
    finding, ended = Finding.ROW_WITHOUT_ENDING, True
    try:
        status = (await temporal.get_workflow_handle(row["workflow_id"]).describe()).status
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        status, finding = None, Finding.ROW_WITHOUT_WORKFLOW
    match status:
        case None:
            ended = await _end(row, ReportStatus.FAILED, _GONE, bus, pool)
        case WorkflowExecutionStatus.TERMINATED | WorkflowExecutionStatus.CANCELED:
            ended = await _end(row, ReportStatus.CANCELLED, None, bus, pool)
        case WorkflowExecutionStatus.FAILED | WorkflowExecutionStatus.TIMED_OUT:
            ended = await _end(row, ReportStatus.FAILED, _ENDED_OUTSIDE, bus, pool)
        case WorkflowExecutionStatus.COMPLETED:
            # It stores before it completes: the row is older than the workflow, as after a restored backup.
            log.error("reconciliation.row_behind_workflow", workflow_id=row["workflow_id"])
        case _:
            return None
    return finding if ended else None


async def _end(
    row: asyncpg.Record, status: ReportStatus, failure: Failure | None, bus: Bus, pool: asyncpg.Pool
) -> bool:
    """End and announce a row, or neither; False when it has ended by itself."""
    async with pool.acquire() as connection, connection.transaction():
        told = failure.model_dump_json() if failure else None
        if not await connection.fetchval(_END_ROW, row["workflow_id"], status, told):
            return False
        # Were the row ended without being announced, no later sweep would find it.
        await _announce(row, failure, bus)
    REPORTS_FINISHED.labels(status=status, mode=row["mode"]).inc()
    if failure:
        REPORTS_FAILED.labels(failure_code=failure.code).inc()
    log.warning("reconciliation.row_ended", workflow_id=row["workflow_id"], status=status)
    return True


async def _announce(row: asyncpg.Record, failure: Failure | None, bus: Bus) -> None:
    key = {name: row[name] for name in ("workflow_id", "request_id", "tenant_id", "revision")}
    event = ReportFailed(**key, failure=failure) if failure else ReportCancelled(**key)
    occurrence = Occurrence(
        event_id=event_id(event.workflow_id, event.type),
        source=EVENT_SOURCE,
        occurred_at=datetime.now(UTC),
    )
    await bus.publish(subjects.event(event.type), envelope(event, occurrence), message_id=occurrence.event_id)
