"""When a schedule is due: its calendar as Temporal takes it, and its next runs before it is saved."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from temporalio.client import ScheduleCalendarSpec, ScheduleIntervalSpec, ScheduleRange, ScheduleSpec

from contracts.schedules import Calendar, Cron, Daily, EveryHours, Monthly, Weekday, Weekly

EXPRESSION = "calendar.cron.expression"
# More than the runs of one day at every minute: the shortest gap between two runs is among them.
RUNS_COMPARED = 1_500
# And a leap year is among these.
YEARS_COMPARED = timedelta(days=5 * 365)
_CRON_FIELDS = 5
# cronsim counts 21th.
_ORDINALS = {"21": "21st", "22": "22nd", "23": "23rd", "31": "31st"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class InvalidCalendarError(Exception):
    """A schedule that cannot be kept: the field that is wrong, and the remedy."""

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(remedy)
        self.field = field
        self.remedy = remedy


@cache
def _time_zones() -> frozenset[str]:
    # "localtime" is wherever the machine is, and "Factory" is nowhere.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def check(calendar: Calendar, time_zone: str, minimum_interval: timedelta) -> None:
    """Refuse a calendar that is not one, is never due, or is due too often.

    Raises:
        InvalidCalendarError: with the field and the remedy.

    """
    if time_zone not in _time_zones():
        raise InvalidCalendarError(
            "time_zone",
            f"There is no time zone {time_zone[:60]!r}. Use an IANA name such as Europe/Berlin or UTC.",
        )
    due = takewhile(lambda run: run < _EPOCH + YEARS_COMPARED, next_runs(calendar, "UTC", _EPOCH))
    runs = list(islice(due, RUNS_COMPARED))
    field = _field_of(calendar)
    if not runs:
        raise InvalidCalendarError(field, "No day matches it: it would never run.")
    gap = min((later - earlier for earlier, later in pairwise(runs)), default=minimum_interval)
    if gap < minimum_interval:
        raise InvalidCalendarError(
            field,
            f"It would run every {_minutes(gap)} at times. "
            f"Leave at least {_minutes(minimum_interval)} between two runs.",
        )


def _minutes(time: timedelta) -> str:
    count = time.total_seconds() / 60
    return "minute" if count == 1 else f"{count:g} minutes"


def _field_of(calendar: Calendar) -> str:
    return EXPRESSION if isinstance(calendar, Cron) else "calendar"


def in_words(calendar: Calendar, time_zone: str) -> str:
    """Say when a schedule is due: At 09:00 on Monday (Europe/Berlin)."""
    if isinstance(calendar, EveryHours):
        return "Every hour" if calendar.hours == 1 else f"Every {calendar.hours} hours (UTC)"
    words = re.sub(r"\b(21|22|23|31)th\b", lambda day: _ORDINALS[day[1]], _parse(calendar, _EPOCH).explain())
    return f"{words} ({time_zone})"


def spec_of(calendar: Calendar, time_zone: str) -> ScheduleSpec:
    """Give a calendar as Temporal takes it."""
    if isinstance(calendar, EveryHours):
        return ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(hours=calendar.hours))])
    cron = _parse(calendar, _EPOCH)
    days, weekdays = _ranges(cron.days), _ranges({day % 7 for day in cron.weekdays if isinstance(day, int)})
    every_day, every_weekday = [ScheduleRange(1, 31)], [ScheduleRange(0, 6)]
    # Cron's own rule: with both kinds of days named, one of them is enough.
    matches = [(days, weekdays)] if cron.day_and else [(days, every_weekday), (every_day, weekdays)]
    calendars = [
        ScheduleCalendarSpec(
            minute=_ranges(cron.minutes),
            hour=_ranges(cron.hours),
            day_of_month=days_of_month,
            month=_ranges(cron.months),
            day_of_week=days_of_week,
            comment=_expression(calendar),
        )
        for days_of_month, days_of_week in matches
    ]
    return ScheduleSpec(calendars=calendars, time_zone_name=time_zone)


def _ranges(values: Iterable[int]) -> list[ScheduleRange]:
    ranges: list[ScheduleRange] = []
    for value in sorted(values):
        if ranges and value == ranges[-1].end + 1:
            ranges[-1] = ScheduleRange(ranges[-1].start, value)
        else:
            ranges.append(ScheduleRange(value, value))
    return ranges


def next_runs(calendar: Calendar, time_zone: str, after: datetime) -> Iterator[datetime]:
    """Give the times after `after` at which a schedule is due, in UTC and without end.

    As Temporal does it, a time that the clock skips in spring is left out; one that comes twice in autumn
    counts the second time.
    """
    if isinstance(calendar, EveryHours):
        every = timedelta(hours=calendar.hours)
        due = _EPOCH + ((after - _EPOCH) // every) * every
        while True:
            due += every
            yield due
    zone = ZoneInfo(time_zone)
    for wall in _parse(calendar, after.astimezone(zone).replace(tzinfo=None)):
        due = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
        if due > after and due.astimezone(zone).replace(tzinfo=None) == wall:
            yield due


def _expression(calendar: Daily | Weekly | Monthly | Cron) -> str:
    if isinstance(calendar, Cron):
        return calendar.expression
    hour, minute = (int(part) for part in calendar.at.split(":"))
    match calendar:
        case Daily():
            return f"{minute} {hour} * * *"
        case Weekly():
            order = [day for day in Weekday if day in calendar.days]
            return f"{minute} {hour} * * {','.join(order)}"
        case Monthly():
            return f"{minute} {hour} {calendar.day} * *"


def _parse(calendar: Daily | Weekly | Monthly | Cron, after: datetime) -> CronSim:
    expression = _expression(calendar)
    if len(expression.split()) != _CRON_FIELDS:
        raise InvalidCalendarError(
            EXPRESSION,
            "Write five fields: minute, hour, day of the month, month, day of the week. "
            "0 9 * * mon is every Monday at 9:00.",
        )
    try:
        cron = CronSim(expression, after)
    except CronSimError as error:
        what = str(error).removeprefix("Bad ")
        raise InvalidCalendarError(
            EXPRESSION,
            f"The {what} is not right in {expression!r}. 0 9 * * mon is Mondays at 9:00.",
        ) from error
    if min(cron.days) < 1 or not all(isinstance(day, int) for day in cron.weekdays):
        raise InvalidCalendarError(EXPRESSION, "L and # are not understood; name the days.")
    return cron
