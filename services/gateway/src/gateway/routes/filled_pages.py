"""The pages that show what there is when they are asked for; their scripts keep them up to date."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from importlib.metadata import version
from typing import Annotated

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.params import Parameter

from contracts.identifiers import WorkflowId
from contracts.reports import ReportStatus
from gateway.errors.refusals import answering
from gateway.life import Life
from gateway.reading.database import RecordsUnavailableError
from gateway.reading.history import History, Order, Search
from gateway.reading.ledger import CostsBy, Ledger
from gateway.reading.period import BoundedPeriod, Period
from gateway.reading.timeline import Timelines
from gateway.reading.tracker import ReportNotFoundError, ReportStateUnknownError, Tracker
from gateway.routes.costs import bounded_period
from gateway.routes.filling import filled
from gateway.routes.history import SEARCH, PageNumber
from gateway.routes.periods import period_of
from gateway.routes.settings import Limits
from gateway.routes.timeline import read_timeline
from gateway.settings import ReviewSettings

PAGE_SIZE = 20
RECENT = 6
DEAREST = 5
# Filters that are folded away unless one of them is in use.
MORE = ("from", "to", "mode", "requested_by", "model", "batch_id", "schedule_id")

AnyRequest = Request[None, None, State]


@get("/reports", dependencies=SEARCH, include_in_schema=False)
async def history_page(
    *,
    request: AnyRequest,
    search: Search,
    history: History,
    sort: Order = Order.NEWEST,
    page: PageNumber = 1,
) -> Response[bytes]:
    """Serve the history."""
    query = request.query_params
    asked = {name: ",".join(query.getall(name)) for name in query if name not in {"page", "tz"}}
    try:
        found = await history.find(search, sort, page=page, size=PAGE_SIZE)
    except RecordsUnavailableError:
        found = None
    return filled(
        "history",
        "/reports",
        asked=asked,
        search=search,
        statuses=list(ReportStatus),
        more=sum(name in asked for name in MORE),
        found=found,
        number=page,
        pages=-(-found.total // PAGE_SIZE) if found else 0,
    )


@get("/reports/recent", include_in_schema=False)
async def recent_part(tenant_id: str, history: History) -> Response[bytes]:
    """Serve the newest reports, for the page to ask: that one is there without a database."""
    search = Search(tenant_id=tenant_id, period=Period.always())
    with answering():
        found = await history.find(search, Order.NEWEST, page=1, size=RECENT)
    return filled("recent", "", reports=found.records)


@get("/costs", dependencies={"period": Provide(period_of)}, include_in_schema=False)
async def costs_page(tenant_id: str, period: Period, ledger: Ledger, history: History) -> Response[bytes]:
    """Serve the page about costs."""
    bounded = bounded_period(period)
    search = Search(tenant_id=tenant_id, period=Period(bounded.first, bounded.last, bounded.zone))
    try:
        days, models, users, found = await asyncio.gather(
            ledger.costs(tenant_id, bounded, CostsBy.DAY),
            ledger.costs(tenant_id, bounded, CostsBy.MODEL),
            ledger.costs(tenant_id, bounded, CostsBy.USER),
            history.find(search, Order.COST, page=1, size=DEAREST),
        )
    except RecordsUnavailableError:
        return filled("costs", "/costs", period=bounded, presets=_presets(bounded), days=None)
    return filled(
        "costs",
        "/costs",
        period=bounded,
        span={"from": bounded.first, "to": bounded.last},
        presets=_presets(bounded),
        days=days,
        models=models,
        users=users,
        highest=max(line.cost_usd or Decimal(0) for line in days.lines),
        dearest=[record for record in found.records if record.cost_usd],
    )


def _presets(period: BoundedPeriod) -> list[tuple[str, dict[str, date]]]:
    today = period.today
    before = today.replace(day=1) - timedelta(days=1)
    return [
        ("This month", {"from": today.replace(day=1), "to": today}),
        ("Last month", {"from": before.replace(day=1), "to": before}),
        ("Last 30 days", {"from": today - timedelta(days=29), "to": today}),
    ]


@get("/settings", include_in_schema=False)
async def settings_page(tenant_id: str, ledger: Ledger, review: ReviewSettings) -> Response[bytes]:
    """Serve the settings."""
    try:
        model, is_read = await ledger.latest_model(tenant_id), True
    except RecordsUnavailableError:
        model, is_read = None, False
    return filled(
        "settings",
        "/settings",
        is_read=is_read,
        model=model,
        limits=Limits(),
        review=review,
        version=version("gateway"),
    )


@get("/how-it-works", include_in_schema=False)
async def how_it_works_page(  # noqa: PLR0913 - dependencies and query parameters, by name
    *,
    tenant_id: str,
    history: History,
    tracker: Tracker,
    timelines: Timelines,
    ledger: Ledger,
    report: WorkflowId | None = None,
    requested_by: Annotated[str | None, Parameter(max_length=100)] = None,
) -> Response[bytes]:
    """Serve the page about the system, with the life of a report: a named or the newest one."""
    try:
        newest = report or await _newest(history, tenant_id, requested_by)
        told = await read_timeline(tenant_id, newest, tracker, timelines, ledger) if newest else None
        is_read = True
    except ReportNotFoundError:
        told, is_read = None, True
    except (RecordsUnavailableError, ReportStateUnknownError):
        told, is_read = None, False
    life = Life.of(told) if told else None
    return filled("how-it-works", "/how-it-works", life=life, is_read=is_read)


async def _newest(history: History, tenant_id: str, requested_by: str | None) -> str | None:
    search = Search(tenant_id=tenant_id, period=Period.always(), requested_by=requested_by)
    found = await history.find(search, Order.NEWEST, page=1, size=1)
    return found.records[0].workflow_id if found.records else None
