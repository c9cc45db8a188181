"""What is known of batches: from their rows and their reports' rows, or the command that waits on the bus."""

import json
from dataclasses import dataclass
from typing import Any

import asyncpg
from pydantic import TypeAdapter, ValidationError

from contracts.batches import BatchRecord, BatchRows, BatchStatus, SubmitBatch
from contracts.failures import Failure
from contracts.model import WireModel
from contracts.origin import BatchId
from contracts.reports import ReportStatus
from contracts.subjects import gateway_batch
from gateway.connections import BusLink
from gateway.reading.database import fetch
from gateway.reading.documents import DocumentDamagedError, Documents

COUNTED = """
SELECT batch_id, tenant_id, name, requested_by, status, rows, total, archive, accepted_at, finished_at, (
    SELECT jsonb_object_agg(counted.status, counted.reports) FROM (
        SELECT reports.status, count(*) AS reports FROM reports
        WHERE reports.tenant_id = batches.tenant_id AND reports.batch_id = batches.batch_id
        GROUP BY reports.status
    ) AS counted
) AS counts
FROM report_batches AS batches WHERE tenant_id = $1
"""
FIND = f"{COUNTED} AND batch_id = $2"
PAGE = f"{COUNTED} ORDER BY accepted_at DESC, batch_id LIMIT $2 OFFSET $3"
TOTAL = "SELECT count(*) FROM report_batches WHERE tenant_id = $1"
REPORTS = """
SELECT workflow_id, status, title, pages, failure FROM reports
WHERE tenant_id = $1 AND batch_id = $2
"""

_BATCH_ID: TypeAdapter[str] = TypeAdapter(BatchId)


class KnownBatch(BatchRecord):
    """A batch and its reports by status; those that were never started count as accepted or cancelled."""

    counts: dict[ReportStatus, int]


class KnownRow(WireModel):
    """One row of a batch and its report so far."""

    number: int
    workflow_id: str
    prompt: str
    status: ReportStatus
    title: str | None = None
    pages: int | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class BatchPage:
    """Some batches, newest first, and how many there are."""

    batches: list[KnownBatch]
    total: int


class BatchNotFoundError(Exception):
    """The tenant has no such batch."""


class Batches:
    """Batches of one tenant at a time; methods raise `RecordsUnavailableError` when the database is away."""

    def __init__(self, pool: asyncpg.Pool, link: BusLink, documents: Documents) -> None:
        self._pool = pool
        self._link = link
        self._documents = documents

    async def find(self, tenant_id: str, batch_id: str) -> KnownBatch:
        """Tell what is known of a batch; one that was accepted is always found.

        Raises:
            BatchNotFoundError: it was never accepted here.
            BusUnavailableError: it may wait on the bus, which does not answer.

        """
        try:
            _BATCH_ID.validate_python(batch_id)
        except ValidationError as error:
            raise BatchNotFoundError(batch_id[:100]) from error
        found = await fetch(self._pool, FIND, tenant_id, batch_id)
        return _known(found[0]) if found else await self._waiting(tenant_id, batch_id)

    async def page(self, tenant_id: str, *, page: int, size: int) -> BatchPage:
        """Read page number `page` (from 1) of the batches that have begun."""
        total = await fetch(self._pool, TOTAL, tenant_id)
        found = await fetch(self._pool, PAGE, tenant_id, size, (page - 1) * size)
        return BatchPage([_known(row) for row in found], total[0]["count"])

    async def rows(self, batch: KnownBatch) -> list[KnownRow]:
        """Give every row of a batch with its report so far.

        Raises:
            DocumentUnavailableError: the artifact store does not answer.
            DocumentDamagedError: the rows are missing or changed.

        """
        try:
            rows = BatchRows.model_validate_json(await self._documents.read(batch.rows)).rows
        except ValidationError as error:
            raise DocumentDamagedError(batch.rows.key) from error
        found = await fetch(self._pool, REPORTS, batch.tenant_id, batch.batch_id)
        reports = {report["workflow_id"]: _fields(report) for report in found}
        pending = {"status": _unstarted(batch.status)}
        return [
            KnownRow(
                number=number,
                prompt=row.prompt,
                **({"workflow_id": batch.report_id(number)} | reports.get(batch.report_id(number), pending)),
            )
            for number, row in enumerate(rows, start=1)
        ]

    async def _waiting(self, tenant_id: str, batch_id: str) -> KnownBatch:
        subject = gateway_batch(batch_id)
        message = await self._link.bus.last(subject)
        if message is None:
            raise BatchNotFoundError(batch_id)
        command = SubmitBatch.model_validate_json(message.data or b"")
        if command.tenant_id != tenant_id:
            raise BatchNotFoundError(batch_id)
        return KnownBatch(
            **command.model_dump(),
            status=BatchStatus.ACCEPTED,
            accepted_at=command.requested_at,
            counts={ReportStatus.ACCEPTED: command.total},
        )


def _known(row: asyncpg.Record) -> KnownBatch:
    fields = _fields(row)
    counts = {ReportStatus(status): count for status, count in (fields.pop("counts") or {}).items()}
    if unstarted := fields["total"] - sum(counts.values()):
        status = _unstarted(BatchStatus(fields["status"]))
        counts[status] = counts.get(status, 0) + unstarted
    return KnownBatch(**fields, counts=counts)


def _unstarted(batch: BatchStatus) -> ReportStatus:
    return ReportStatus.CANCELLED if batch.is_terminal else ReportStatus.ACCEPTED


def _fields(row: asyncpg.Record) -> dict[str, Any]:
    documents = {"rows", "archive", "counts", "failure"}
    return {
        name: json.loads(value) if name in documents and value is not None else value
        for name, value in row.items()
    }
