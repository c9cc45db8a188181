"""Days of the calendar, as somebody in a time zone means them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of one day to the end of another; an absent one is no limit."""

    first: date | None
    last: date | None
    zone: ZoneInfo

    @property
    def begin(self) -> datetime | None:
        """The moment at which the first day begins."""
        return self._midnight(self.first) if self.first else None

    @property
    def end(self) -> datetime | None:
        """The moment at which the last day has ended; not part of the period."""
        return self._midnight(self.last + timedelta(days=1)) if self.last else None

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)
