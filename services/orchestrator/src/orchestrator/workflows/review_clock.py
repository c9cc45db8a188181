"""How long a draft has waited for its decision; the clock stands still while the report is paused."""

from datetime import datetime, timedelta


class ReviewClock:
    """One draft's clock; it stands still when it is made."""

    def __init__(self, timeout: timedelta, reminder_after: timedelta) -> None:
        self._timeout = timeout
        self._reminder_after: timedelta | None = reminder_after if reminder_after < timeout else None
        self._waited = timedelta(0)
        self._since: datetime | None = None

    def start(self, now: datetime) -> None:
        """Let the clock run."""
        self._since = now

    def stop(self, now: datetime) -> None:
        """Let the clock stand still."""
        if self._since is not None:
            self._waited += now - self._since
            self._since = None

    @property
    def until(self) -> datetime | None:
        """When the time is over; None while the clock stands still."""
        return None if self._since is None else self._since + self.remaining

    @property
    def until_next(self) -> timedelta:
        """How long the clock has to run until there is something to do."""
        return max((self._reminder_after or self._timeout) - self._waited, timedelta(0))

    @property
    def remaining(self) -> timedelta:
        """How long the clock has to run until the time is over."""
        return self._timeout - self._waited

    @property
    def is_over(self) -> bool:
        """True once the draft has waited long enough."""
        return self._waited >= self._timeout

    def take_reminder(self) -> bool:
        """Tell, once, that it is time to remind."""
        if self._reminder_after is None or self._waited < self._reminder_after:
            return False
        self._reminder_after = None
        return True
