"""What reports cost, from the ledger of calls to the model."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from litestar import Response, get
from litestar.di import Provide
from litestar.params import Parameter
from pydantic import BaseModel

from gateway.errors.problems import FieldError, invalid_input
from gateway.errors.refusals import answering
from gateway.openapi import INVALID, UNAVAILABLE, Forms
from gateway.reading.ledger import CostsBy, Ledger, Spending
from gateway.reading.period import BoundedPeriod, Period
from gateway.routes.periods import period_of

MAX_DAYS = 366
CSV = "text/csv"
# What a spreadsheet would take for a formula.
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


class CostReport(BaseModel):
    """The spending of the days from `first` to `last`; `lines` are the days, models or users of `by`."""

    first: date
    last: date
    tz: str
    by: CostsBy
    total: Spending
    lines: list[Spending]


class CostsOperation(Forms):
    """Gives a table too."""

    forms = (CSV,)


@get(
    "/api/costs",
    dependencies={"period": Provide(period_of)},
    responses=INVALID | UNAVAILABLE,
    operation_class=CostsOperation,
    tags=["costs"],
)
async def costs(
    *,
    tenant_id: str,
    ledger: Ledger,
    period: Period,
    by: CostsBy = CostsBy.DAY,
    format_: Annotated[Literal["json", "csv"], Parameter(query="format")] = "json",
) -> Response[CostReport] | Response[str]:
    """Tell what was spent, by day, model or user: this month so far, unless `from` and `to` say otherwise."""
    bounded = bounded_period(period)
    with answering():
        found = await ledger.costs(tenant_id, bounded, by)
    if format_ == "csv":
        name = f"costs-by-{by}-{bounded.first}-{bounded.last}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(as_csv(by, found.lines), media_type=CSV, headers=headers)
    report = CostReport(
        first=bounded.first,
        last=bounded.last,
        tz=period.zone.key,
        by=by,
        total=found.total,
        lines=list(found.lines),
    )
    return Response(report)


def bounded_period(period: Period) -> BoundedPeriod:
    """Give the period, or this month so far where it is open; 400 when it is too long."""
    last = period.last or datetime.now(period.zone).date()
    first = period.first or last.replace(day=1)
    if last < first:
        raise invalid_input([FieldError(field="from", detail="The first day must not be after today.")])
    if (last - first).days >= MAX_DAYS:
        raise invalid_input([FieldError(field="from", detail=f"Ask for at most {MAX_DAYS} days at once.")])
    return BoundedPeriod(first, last, period.zone)


def as_csv(by: CostsBy, lines: Sequence[Spending]) -> str:
    """Write lines as CSV (RFC 4180); an unknown cost is an empty field."""
    text = io.StringIO()
    columns = [name for name in Spending.model_fields if name != "key"]
    writer = csv.writer(text)
    writer.writerow([by, *columns])
    for line in lines:
        values = [getattr(line, name) for name in columns]
        writer.writerow([_harmless(line.key or ""), *("" if value is None else value for value in values)])
    return text.getvalue()


def _harmless(name: str) -> str:
    return f"'{name}" if name.startswith(FORMULA_BEGINS) else name
