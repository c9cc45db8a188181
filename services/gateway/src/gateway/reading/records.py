"""Reading the `reports` table, which the orchestrator owns and alone writes."""

import json
from typing import Any

import asyncpg

from contracts.reports import ReportRecord, TokenUsage
from gateway.reading.database import RecordsUnavailableError, fetch

__all__ = ["COLUMNS", "Records", "RecordsUnavailableError", "record_of"]

COLUMNS = (
    "workflow_id, request_id, tenant_id, producer, status, prompt, mode, revision, title, model, draft, pdf, "
    "pages, degraded, input_tokens, output_tokens, cost_usd, failure, accepted_at, started_at, "
    "finished_at, paused, requested_by, batch_id, schedule_id, repeats"
)
FIND = f"SELECT {COLUMNS} FROM reports WHERE tenant_id = $1 AND workflow_id = $2"  # noqa: S608 - constants


class Records:
    """Rows of one tenant at a time."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def find(self, tenant_id: str, workflow_id: str) -> ReportRecord | None:
        """Read a report's row.

        Raises:
            RecordsUnavailableError: the database does not answer.

        """
        rows = await fetch(self._pool, FIND, tenant_id, workflow_id)
        return record_of(rows[0]) if rows else None

    async def check(self) -> None:
        """Raise unless the database answers and has the table."""
        await self.find("", "")


def record_of(row: asyncpg.Record) -> ReportRecord:
    """Make a record of a row with `COLUMNS`."""
    fields: dict[str, Any] = dict(row)
    for name in ("draft", "pdf", "failure"):
        fields[name] = json.loads(fields[name]) if fields[name] else None
    usage = TokenUsage(input_tokens=fields.pop("input_tokens"), output_tokens=fields.pop("output_tokens"))
    return ReportRecord(**fields, usage=usage)
