"""The reports so far."""

from collections.abc import Sequence
from typing import Annotated

from litestar import get
from litestar.di import Provide
from litestar.params import Parameter
from litestar.response import Stream

from contracts.reports import ReportMode, ReportStatus
from gateway.errors.problems import FieldError, invalid_input
from gateway.errors.refusals import answering
from gateway.listing import ListedReport, ReportPage
from gateway.live.overview import Overview
from gateway.openapi import INVALID, UNAVAILABLE
from gateway.reading.history import History, Order, Search
from gateway.reading.period import Period
from gateway.routes.events import EVENT_STREAM, HEADERS
from gateway.routes.periods import period_of

MAX_PAGE_SIZE = 100
WORDS_MAX_CHARACTERS = 500
NAME_MAX_CHARACTERS = 200

Status = Annotated[
    list[str] | None,
    Parameter(description="Only reports in these states: repeated, or several with commas."),
]
Words = Annotated[
    str | None,
    Parameter(max_length=WORDS_MAX_CHARACTERS, description='Words in title or prompt; "…" and - work.'),
]
Name = Annotated[str | None, Parameter(max_length=NAME_MAX_CHARACTERS)]
PageNumber = Annotated[int, Parameter(ge=1, le=1_000_000)]
PageSize = Annotated[int, Parameter(ge=1, le=MAX_PAGE_SIZE)]


async def search_of(  # noqa: PLR0913 - query parameters, by name
    *,
    tenant_id: str,
    period: Period,
    status: Status = None,
    q: Words = None,
    mode: ReportMode | None = None,
    requested_by: Name = None,
    model: Name = None,
    batch_id: Name = None,
    schedule_id: Name = None,
) -> Search:
    """Read from the query which reports are looked for."""
    return Search(
        tenant_id=tenant_id,
        period=period,
        statuses=_statuses(status or []),
        words=q,
        mode=mode,
        requested_by=requested_by,
        model=model,
        batch_id=batch_id,
        schedule_id=schedule_id,
    )


SEARCH = {"period": Provide(period_of), "search": Provide(search_of)}


@get("/api/reports", dependencies=SEARCH, responses=INVALID | UNAVAILABLE, tags=["history"])
async def list_reports(
    *,
    search: Search,
    history: History,
    sort: Order = Order.NEWEST,
    page: PageNumber = 1,
    page_size: PageSize = 20,
) -> ReportPage:
    """List the reports that match, and what they cost together."""
    with answering():
        found = await history.find(search, sort, page=page, size=page_size)
    return ReportPage(
        items=[ListedReport.of_record(record) for record in found.records],
        total=found.total,
        usage=found.usage,
        cost_usd=found.cost_usd,
        unpriced=found.unpriced,
        page=page,
        page_size=page_size,
    )


@get("/api/reports/events", media_type=EVENT_STREAM, tags=["history"])
async def report_events(tenant_id: str, overview: Overview) -> Stream:
    """Stream what happens to any report (Server-Sent Events): `{"event": …, "report": …}`.

    `report` is its row as in the list, or null while it has none. What happened before, and between two
    connections, is in the list.
    """
    return Stream(overview.watch(tenant_id), media_type=EVENT_STREAM, headers=HEADERS)


def _statuses(texts: Sequence[str]) -> list[ReportStatus]:
    names = [name.strip().upper() for name in ",".join(texts).split(",") if name.strip()]
    known = {status.value for status in ReportStatus}
    if wrong := [name for name in names if name not in known]:
        remedy = f"There is no status {wrong[0][:40]!r}. Use one of {', '.join(ReportStatus)}."
        raise invalid_input([FieldError(field="status", detail=remedy)])
    return [ReportStatus(name) for name in names]
