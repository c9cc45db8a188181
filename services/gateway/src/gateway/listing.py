"""Reports in lists: the bodies of the history."""

from datetime import datetime
from decimal import Decimal
from typing import Self

from pydantic import BaseModel

from contracts.failures import Failure
from contracts.reports import ReportMode, ReportRecord, ReportStatus, TokenUsage
from gateway.views import address


class ListedReport(BaseModel):
    """A report in the history; `cost_usd` is null when the model's price is unknown."""

    workflow_id: str
    request_id: str
    producer: str
    requested_by: str | None
    batch_id: str | None
    schedule_id: str | None
    repeats: str | None
    status: ReportStatus
    paused: bool
    title: str | None
    prompt: str
    mode: ReportMode
    revision: int
    model: str | None
    pages: int | None
    degraded: bool
    usage: TokenUsage
    cost_usd: Decimal | None
    failure: Failure | None
    accepted_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    status_url: str
    pdf_url: str | None

    @classmethod
    def of_record(cls, record: ReportRecord) -> Self:
        """Show a row."""
        return cls(
            **record.model_dump(exclude={"tenant_id", "draft", "pdf"}),
            status_url=address(record.workflow_id, "status"),
            pdf_url=address(record.workflow_id, "pdf") if record.pdf else None,
        )


class ReportPage(BaseModel):
    """A page of the history; `total`, `usage` and `cost_usd` are those of all reports that match.

    `cost_usd` is the sum of the known costs and null when none is known; `unpriced` counts the reports whose
    price is not known.
    """

    items: list[ListedReport]
    total: int
    usage: TokenUsage
    cost_usd: Decimal | None
    unpriced: int
    page: int
    page_size: int
