"""The reports so far."""

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from contracts.reports import ReportStatus
from gateway.errors.problems import FieldError, invalid_input
from gateway.errors.refusals import answering
from gateway.openapi import INVALID, UNAVAILABLE
from gateway.reading.records import Records
from gateway.views import ListedReport, ReportPage

MAX_PAGE_SIZE = 100
WORDS_MAX_CHARACTERS = 500

Status = Annotated[
    str | None, Parameter(description="Only reports in these states: one of them, or several with commas.")
]
Words = Annotated[
    str | None,
    Parameter(max_length=WORDS_MAX_CHARACTERS, description='Words in title or prompt; "…" and - work.'),
]
PageNumber = Annotated[int, Parameter(ge=1, le=1_000_000)]
PageSize = Annotated[int, Parameter(ge=1, le=MAX_PAGE_SIZE)]


@get("/api/reports", responses=INVALID | UNAVAILABLE, tags=["history"])
async def list_reports(  # noqa: PLR0913 - query parameters, by name
    *,
    tenant_id: str,
    records: Records,
    status: Status = None,
    q: Words = None,
    search: Annotated[Words, Parameter(description="The same as `q`.")] = None,
    page: PageNumber = 1,
    page_size: PageSize = 20,
) -> ReportPage:
    """List reports, newest first."""
    with answering():
        found = await records.page(
            tenant_id, statuses=_statuses(status), words=q or search, page=page, size=page_size
        )
    items = [ListedReport.of_record(record) for record in found.records]
    return ReportPage(items=items, total=found.total, page=page, page_size=page_size)


def _statuses(text: str | None) -> list[ReportStatus]:
    names = [name.strip().upper() for name in (text or "").split(",") if name.strip()]
    known = {status.value for status in ReportStatus}
    if wrong := [name for name in names if name not in known]:
        remedy = f"There is no status {wrong[0][:40]!r}. Use one of {', '.join(ReportStatus)}."
        raise invalid_input([FieldError(field="status", detail=remedy)])
    return [ReportStatus(name) for name in names]
