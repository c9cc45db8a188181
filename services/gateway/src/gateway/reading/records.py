"""Reading the `reports` table, which the orchestrator owns and alone writes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from contracts.reports import ReportRecord, ReportStatus, TokenUsage

COLUMNS = (
    "workflow_id, request_id, tenant_id, producer, status, prompt, mode, revision, title, model, draft, pdf, "
    "pages, degraded, input_tokens, output_tokens, cost_usd, failure, accepted_at, started_at, "
    "finished_at, paused, requested_by, batch_id, schedule_id, repeats"
)
FIND = f"SELECT {COLUMNS} FROM reports WHERE tenant_id = $1 AND workflow_id = $2"  # noqa: S608 - constants
MATCHES = """
FROM reports
WHERE tenant_id = $1
  AND ($2::text[] IS NULL OR status = ANY($2))
  AND ($3::text IS NULL OR search @@ websearch_to_tsquery('simple', $3))
"""
COUNT = f"SELECT count(*) {MATCHES}"
PAGE = f"SELECT {COLUMNS} {MATCHES} ORDER BY accepted_at DESC, workflow_id DESC LIMIT $4 OFFSET $5"

# What says that the database is away or not set up yet, rather than that a query is wrong.
UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.UndefinedTableError,
)


class RecordsUnavailableError(Exception):
    """The database does not answer."""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some of the matching reports, newest first, and how many match."""

    records: list[ReportRecord]
    total: int


class Records:
    """Rows of one tenant at a time."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def find(self, tenant_id: str, workflow_id: str) -> ReportRecord | None:
        """Read a report's row.

        Raises:
            RecordsUnavailableError: the database does not answer.

        """
        rows = await self._fetch(FIND, tenant_id, workflow_id)
        return _record(rows[0]) if rows else None

    async def page(
        self, tenant_id: str, *, statuses: Sequence[ReportStatus], words: str | None, page: int, size: int
    ) -> RecordPage:
        """Read page number `page` (from 1) of the reports with one of `statuses` that contain `words`.

        No statuses stand for all of them; `words` is in the syntax of web searches.

        Raises:
            RecordsUnavailableError: the database does not answer.

        """
        matching = (tenant_id, [status.value for status in statuses] or None, words or None)
        counted = await self._fetch(COUNT, *matching)
        rows = await self._fetch(PAGE, *matching, size, (page - 1) * size)
        return RecordPage([_record(row) for row in rows], counted[0]["count"])

    async def check(self) -> None:
        """Raise unless the database answers and has the table."""
        await self._fetch(FIND, "", "")

    async def _fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        try:
            return await self._pool.fetch(query, *arguments)
        except UNAVAILABLE as error:
            raise RecordsUnavailableError(f"PostgreSQL: {type(error).__name__}") from error


def _record(row: asyncpg.Record) -> ReportRecord:
    fields: dict[str, Any] = dict(row)
    for name in ("draft", "pdf", "failure"):
        fields[name] = json.loads(fields[name]) if fields[name] else None
    usage = TokenUsage(input_tokens=fields.pop("input_tokens"), output_tokens=fields.pop("output_tokens"))
    return ReportRecord(**fields, usage=usage)
