"""The bodies of answers about batches."""

from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

from pydantic import BaseModel

from contracts.batches import BatchKey, BatchStatus, SubmitBatch
from contracts.failures import Failure
from contracts.reports import ReportStatus
from gateway.reading.batches import KnownBatch, KnownRow
from gateway.views import address

PROMPT_SHOWN_CHARACTERS = 200


def batch_address(batch_id: str, resource: str = "") -> str:
    """Give the path of a batch, or of something that belongs to it."""
    return f"/api/batches/{quote(batch_id)}{'/' if resource else ''}{resource}"


class BatchAddresses(BaseModel):
    """Where to follow a batch."""

    batch_id: str
    batch_url: str
    events_url: str
    archive_url: str

    @classmethod
    def of_id(cls, batch_id: str) -> dict[str, str]:
        """Name the addresses."""
        return {
            "batch_id": batch_id,
            "batch_url": batch_address(batch_id),
            "events_url": batch_address(batch_id, "events"),
            "archive_url": batch_address(batch_id, "archive"),
        }


class AcceptedBatch(BatchAddresses):
    """The bus holds the batch: every row becomes a report; `workflow_ids` are in their order."""

    total: int
    workflow_ids: list[str]

    @classmethod
    def of(cls, command: SubmitBatch) -> Self:
        """Name the batch and its reports."""
        ids = [command.report_id(number) for number in range(1, command.total + 1)]
        return cls(**cls.of_id(command.batch_id), total=command.total, workflow_ids=ids)


class BatchSummary(BatchAddresses):
    """How far a batch is; `counts` sums to `total`, `archive_bytes` is there at the end."""

    name: str | None
    requested_by: str | None
    status: BatchStatus
    total: int
    counts: dict[ReportStatus, int]
    archive_bytes: int | None
    accepted_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, batch: KnownBatch) -> Self:
        """Show what is known."""
        return cls(**_summary(batch))


class BatchRowView(BaseModel):
    """A row of a batch and its report so far."""

    number: int
    workflow_id: str
    status_url: str
    prompt: str
    status: ReportStatus
    title: str | None
    pages: int | None
    failure: Failure | None

    @classmethod
    def of(cls, row: KnownRow) -> Self:
        """Show a row, with the beginning of its prompt."""
        fields = row.model_dump() | {"prompt": row.prompt[:PROMPT_SHOWN_CHARACTERS]}
        return cls(**fields, status_url=address(row.workflow_id, "status"))


class BatchDetails(BatchSummary):
    """A batch and a page of its rows."""

    rows: list[BatchRowView]
    page: int
    page_size: int

    @classmethod
    def with_rows(cls, batch: KnownBatch, rows: list[KnownRow], *, page: int, page_size: int) -> Self:
        """Show page number `page` (from 1) of the rows."""
        shown = rows[(page - 1) * page_size : page * page_size]
        views = [BatchRowView.of(row) for row in shown]
        return cls(**_summary(batch), rows=views, page=page, page_size=page_size)


class BatchList(BaseModel):
    """A page of the batches, newest first; `total` counts them all."""

    items: list[BatchSummary]
    total: int
    page: int
    page_size: int


def _summary(batch: KnownBatch) -> dict[str, Any]:
    fields = batch.model_dump(include=set(BatchSummary.model_fields) & set(KnownBatch.model_fields))
    counts = {status: batch.counts.get(status, 0) for status in ReportStatus}
    size = batch.archive.size if batch.archive else None
    return fields | BatchAddresses.of_id(batch.batch_id) | {"counts": counts, "archive_bytes": size}


def key_of(tenant_id: str, batch_id: str) -> BatchKey:
    """Name a batch."""
    return BatchKey(tenant_id=tenant_id, batch_id=batch_id)
