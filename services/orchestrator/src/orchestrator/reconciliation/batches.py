"""Batches that were acknowledged but never begun, or whose workflow was ended from outside."""

from datetime import UTC, datetime, timedelta

import asyncpg
import structlog
from pydantic import ValidationError
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from contracts import subjects
from contracts.batches import BatchKey, BatchStatus, SubmitBatch
from contracts.events import BatchEnded, Occurrence, envelope, event_id
from contracts.reports import ReportStatus
from orchestrator.announcements import EVENT_SOURCE
from orchestrator.batch_intake import BatchIntake
from orchestrator.metrics import FINDINGS
from orchestrator.reconciliation.findings import Finding
from orchestrator.reconciliation.requests import has_workflow, settled
from orchestrator.reconciliation.set_aside import SetAside
from runtime.bus import Bus

_OPEN = """
SELECT batch_id, tenant_id, total FROM report_batches
WHERE status = $1 AND updated_at < $2 ORDER BY updated_at
"""
# A batch that has ended by itself since its row was read is left as it is.
_END = """
UPDATE report_batches SET status = $3, finished_at = now(), updated_at = now()
WHERE batch_id = $1 AND status = $2 RETURNING true
"""
_COUNTS = """
SELECT status, count(*) AS reports FROM reports WHERE tenant_id = $1 AND batch_id = $2 GROUP BY status
"""

log = structlog.get_logger(__name__)


async def start_forgotten_batches(bus: Bus, temporal: Client, pool: asyncpg.Pool) -> int:
    """Start the workflow of each batch that was forgotten, and give how many there were."""
    found, set_aside = 0, SetAside(bus)
    async for message in settled(bus, subjects.ALL_BATCHES, subjects.BATCHES_DURABLE):
        try:
            batch = SubmitBatch.model_validate_json(message.data)
        except ValidationError:
            # Intake has set it aside with its reason.
            continue
        known = await pool.fetchval("SELECT 1 FROM report_batches WHERE batch_id = $1", batch.batch_id)
        if known or await has_workflow(temporal, batch.workflow_id) or await set_aside.holds(message):
            continue
        await BatchIntake(bus, temporal).start(batch, message)
        log.warning("reconciliation.batch_started", batch_id=batch.batch_id)
        FINDINGS.labels(finding=Finding.REQUEST_WITHOUT_WORKFLOW).inc()
        found += 1
    return found


async def end_orphaned_batches(
    bus: Bus, temporal: Client, pool: asyncpg.Pool, settling_time: timedelta
) -> int:
    """End and announce each batch whose workflow is no longer at work, and give how many there were."""
    found = 0
    for row in await pool.fetch(_OPEN, BatchStatus.RUNNING, datetime.now(UTC) - settling_time):
        key = BatchKey(batch_id=row["batch_id"], tenant_id=row["tenant_id"])
        if await _is_open(temporal, key.workflow_id):
            continue
        if not await _end(bus, pool, key, row["total"]):
            continue
        log.warning("reconciliation.batch_ended", batch_id=key.batch_id)
        FINDINGS.labels(finding=Finding.ROW_WITHOUT_ENDING).inc()
        found += 1
    return found


async def _is_open(temporal: Client, workflow_id: str) -> bool:
    try:
        described = await temporal.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return described.status is WorkflowExecutionStatus.RUNNING


async def _end(bus: Bus, pool: asyncpg.Pool, key: BatchKey, total: int) -> bool:
    """End and announce a batch, or neither; False when it has ended by itself."""
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(_END, key.batch_id, BatchStatus.RUNNING, BatchStatus.CANCELLED):
            return False
        rows = await connection.fetch(_COUNTS, key.tenant_id, key.batch_id)
        # Were the row ended without being announced, no later sweep would find it.
        await _announce(bus, key, total, {ReportStatus(row["status"]): row["reports"] for row in rows})
    return True


async def _announce(bus: Bus, key: BatchKey, total: int, counts: dict[ReportStatus, int]) -> None:
    ended = BatchEnded(
        **key.model_dump(),
        workflow_id=key.workflow_id,
        status=BatchStatus.CANCELLED,
        total=total,
        counts=counts,
    )
    occurrence = Occurrence(
        event_id=event_id(ended.workflow_id, ended.type),
        source=EVENT_SOURCE,
        occurred_at=datetime.now(UTC),
    )
    await bus.publish(subjects.event(ended.type), envelope(ended, occurrence), message_id=occurrence.event_id)
