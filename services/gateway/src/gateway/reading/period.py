"""Days of the calendar, as somebody in a time zone means them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of one day to the end of another; an absent one is no limit."""

    first: date | None
    last: date | None
    zone: ZoneInfo

    @classmethod
    def always(cls) -> Self:
        """Give the period without limits."""
        return cls(None, None, ZoneInfo("UTC"))

    @property
    def begin(self) -> datetime | None:
        """The moment at which the first day begins."""
        return midnight(self.first, self.zone) if self.first else None

    @property
    def end(self) -> datetime | None:
        """The moment at which the last day has ended; not part of the period."""
        return midnight(self.last + timedelta(days=1), self.zone) if self.last else None


@dataclass(frozen=True, slots=True)
class BoundedPeriod:
    """From the beginning of one day to the end of another."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def begin(self) -> datetime:
        """The moment at which the first day begins."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The moment at which the last day has ended; not part of the period."""
        return midnight(self.last + timedelta(days=1), self.zone)

    @property
    def today(self) -> date:
        """The day that it is now in its time zone."""
        return datetime.now(self.zone).date()

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(count)]


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Give the moment at which a day begins."""
    return datetime.combine(day, time(), zone)
