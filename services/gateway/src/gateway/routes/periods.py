"""The days that a request is about."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from litestar.params import CookieParameter, QueryParameter

from gateway.errors.problems import FieldError, invalid_input
from gateway.reading.period import Period

# Days that every time zone and PostgreSQL can count with.
FIRST_YEAR, LAST_YEAR = 1970, 2999

FirstDay = Annotated[
    str | None,
    QueryParameter(name="from", description="The first day, as 2026-11-22.", format="date", required=False),
]
LastDay = Annotated[
    str | None,
    QueryParameter(name="to", description="The last day, as 2026-11-22.", format="date", required=False),
]
Zone = Annotated[
    str | None,
    QueryParameter(name="tz", description="The time zone of the days, as Europe/Berlin.", required=False),
]
# What a page's script has noted of its reader; a query that says more counts.
ReadersZone = Annotated[str | None, CookieParameter(name="tz", include_in_schema=False)]


async def period_of(
    *, first: FirstDay = None, last: LastDay = None, zone: Zone = None, readers_zone: ReadersZone = None
) -> Period:
    """Read a period from the query; 400 when it has no such days or time zone, or they are in disorder."""
    period = Period(_day(first, "from"), _day(last, "to"), _zone(zone or readers_zone or "UTC"))
    if period.first and period.last and period.last < period.first:
        raise invalid_input([FieldError(field="to", detail="The last day must not be before the first.")])
    return period


def _day(text: str | None, field: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise invalid_input([FieldError(field=field, detail="This is not a day. Write it as 2026-11-22.")])
    return day


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    # A folder of the database, a name with NUL, a path out of it: none is a time zone.
    except (KeyError, ValueError, OSError) as error:
        remedy = "There is no such time zone. Use a name as Europe/Berlin, or UTC."
        raise invalid_input([FieldError(field="tz", detail=remedy)]) from error
