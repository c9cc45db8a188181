from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Read how long a provider asks us to wait: `retry-after-ms`, or `retry-after` in seconds or as a date.

    None when it does not say, says nothing readable, or names a moment that has passed.
    """
    wait = _milliseconds(headers.get("retry-after-ms")) or _seconds_or_date(headers.get("retry-after"))
    return wait if wait is not None and wait > timedelta(0) else None


def _milliseconds(value: str | None) -> timedelta | None:
    try:
        return timedelta(milliseconds=float(value)) if value else None
    except (ValueError, OverflowError):
        return None


def _seconds_or_date(value: str | None) -> timedelta | None:
    if not value:
        return None
    try:
        return timedelta(seconds=float(value))
    except (ValueError, OverflowError):
        return _until(value)


def _until(date: str) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
