"""The activity that writes a report's row."""

from datetime import UTC, datetime

import asyncpg
from temporalio import activity

from contracts.activities.metadata import MetadataActivities
from contracts.live import LiveStatus, LiveWait, LiveWaitReason
from contracts.model import WireModel
from contracts.reports import ReportRecord, ReportStatus, Step, TokenUsage
from orchestrator.metrics import REPORT_DURATION, REPORTS_FAILED, REPORTS_FINISHED
from runtime import fault_points
from runtime.live_status import PublishStatus, retries_told, to_nobody

# A late or repeated write of an earlier state must not reopen a report that has ended.
UPSERT = """
INSERT INTO reports (
    workflow_id, request_id, tenant_id, producer, status, prompt, mode, revision, title, model, draft, pdf,
    pages, degraded, input_tokens, output_tokens, cost_usd, failure, accepted_at, started_at, finished_at,
    paused, requested_by, batch_id, schedule_id, repeats
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12::jsonb,
    $13, $14, $15, $16, $17, $18::jsonb, $19, $20, $21,
    $22, $23, $24, $25, $26
)
ON CONFLICT (workflow_id) DO UPDATE SET
    status = excluded.status, revision = excluded.revision, title = excluded.title, model = excluded.model,
    draft = excluded.draft, pdf = excluded.pdf, pages = excluded.pages, degraded = excluded.degraded,
    input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
    cost_usd = excluded.cost_usd, failure = excluded.failure, started_at = excluded.started_at,
    finished_at = excluded.finished_at, paused = excluded.paused, updated_at = now()
WHERE reports.status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED') OR reports.status = excluded.status
RETURNING coalesce((SELECT status FROM reports WHERE workflow_id = $1), '') AS status_before
"""


# What a report cost that has no answer to show for it: the workflow knows the bills of answers only.
LEDGER_SUM = """
SELECT sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens,
       CASE WHEN bool_and(cost_usd IS NOT NULL) THEN sum(cost_usd) END AS cost_usd
FROM llm_calls WHERE workflow_id = $1 HAVING count(*) > 0
"""
_WITHOUT_ANSWER = {ReportStatus.FAILED, ReportStatus.CANCELLED}


WAITS = "The report is done, but the database does not take its record yet."


class Metadata(MetadataActivities):
    """Writes to `reports`."""

    def __init__(self, pool: asyncpg.Pool, tell: PublishStatus = to_nobody) -> None:
        self._pool = pool
        self._tell = tell

    @activity.defn(name=Step.STORE_REPORT_METADATA)
    async def store_report_metadata(self, record: ReportRecord) -> None:
        """Write the report's row; a row that has ended is never set back to an earlier state.

        Those who watch a report end are told when that waits for the database.
        """
        if record.status.is_terminal:
            async with retries_told(self._tell, lambda wait: _waiting(record, wait)):
                await self._write(record)
        else:
            await self._write(record)

    async def _write(self, record: ReportRecord) -> None:
        await fault_points.reach(f"metadata.before_{record.status.lower()}")
        if record.status in _WITHOUT_ANSWER:
            record = await self._with_ledger(record)
        before = await self._pool.fetchval(
            UPSERT,
            record.workflow_id,
            record.request_id,
            record.tenant_id,
            record.producer,
            record.status,
            record.prompt,
            record.mode,
            record.revision,
            _text(record.title),
            _text(record.model),
            _json(record.draft),
            _json(record.pdf),
            record.pages,
            record.degraded,
            record.usage.input_tokens,
            record.usage.output_tokens,
            record.cost_usd,
            _json(record.failure),
            record.accepted_at,
            record.started_at,
            record.finished_at,
            record.paused,
            record.requested_by,
            record.batch_id,
            record.schedule_id,
            record.repeats,
        )
        if record.status.is_terminal and before not in (None, record.status):
            _count_ending(record)
        await fault_points.reach(f"metadata.wrote_{record.status.lower()}")

    async def _with_ledger(self, record: ReportRecord) -> ReportRecord:
        try:
            row = await self._pool.fetchrow(LEDGER_SUM, record.workflow_id)
        except asyncpg.UndefinedTableError:
            # No llm_worker keeps its ledger in this database.
            return record
        if row is None:
            return record
        usage = TokenUsage(input_tokens=row["input_tokens"], output_tokens=row["output_tokens"])
        return record.model_copy(update={"usage": usage, "cost_usd": row["cost_usd"]})


def _waiting(record: ReportRecord, retry: LiveWait) -> LiveStatus:
    return LiveStatus(
        workflow_id=record.workflow_id,
        tenant_id=record.tenant_id,
        revision=record.revision,
        step=Step.STORE_REPORT_METADATA,
        attempt=activity.info().attempt,
        wait=LiveWait(reason=LiveWaitReason.DATABASE, message=WAITS, until=retry.until),
        occurred_at=datetime.now(UTC),
    )


def _count_ending(record: ReportRecord) -> None:
    REPORTS_FINISHED.labels(status=record.status, mode=record.mode).inc()
    if record.failure is not None:
        REPORTS_FAILED.labels(failure_code=record.failure.code).inc()
    if record.finished_at is not None:
        seconds = (record.finished_at - record.accepted_at).total_seconds()
        REPORT_DURATION.labels(status=record.status, mode=record.mode).observe(seconds)


def _text(value: str | None) -> str | None:
    # PostgreSQL refuses NUL, and a model may write anything.
    return None if value is None else value.replace("\x00", "")


def _json(value: WireModel | None) -> str | None:
    return None if value is None else value.model_dump_json().replace("\\u0000", "")
