"""Numbers, money, times and states in words, for the pages that are filled here; format.js says the same."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from contracts.events import EventType
from contracts.reports import ReportStatus
from contracts.webhooks import DeliveryState
from gateway.reading.ledger import Spending

STATES = {
    ReportStatus.ACCEPTED: ("Accepted", ""),
    ReportStatus.RUNNING: ("In progress", "running"),
    ReportStatus.WAITING_FOR_REVIEW: ("Waiting for review", "waiting"),
    ReportStatus.COMPLETED: ("Completed", "good"),
    ReportStatus.FAILED: ("Failed", "bad"),
    ReportStatus.CANCELLED: ("Cancelled", ""),
}
# What webhooks tell of.
EVENTS = {
    EventType.COMPLETED: "Completed",
    EventType.FAILED: "Failed",
    EventType.CANCELLED: "Cancelled",
    EventType.DRAFT_READY: "Waiting for review",
    EventType.REVIEW_REMINDER: "Still waiting for review",
    EventType.PAUSED: "Paused",
    EventType.RESUMED: "Resumed",
}
DELIVERY_STATES = {
    DeliveryState.PENDING: ("Trying", "running"),
    DeliveryState.DELIVERED: ("Delivered", "good"),
    DeliveryState.FAILED: ("Given up", "bad"),
}


def number(value: int) -> str:
    """Write 12345 as 12,345."""
    return f"{value:,}"


def count(value: int, word: str) -> str:
    """Count in words: 1 page, 2 pages."""
    return f"{value:,} {word}{'' if value == 1 else 's'}"


def money(usd: Decimal | None) -> str:
    """Write US dollars, small ones with four digits; None is not known."""
    if usd is None:
        return "unknown"
    if usd == 0:
        return "$0.00"
    if usd < Decimal("0.0001"):
        return "under $0.0001"
    return f"${usd:,.4f}" if usd < 1 else f"${usd:,.2f}"


def spent(spending: Spending) -> str:
    """Say what was spent: with a price missing a lower bound, which is not worth telling at zero."""
    if not spending.unpriced_calls:
        return money(spending.cost_usd)
    return f"at least {money(spending.cost_usd)}" if spending.cost_usd else money(None)


def lost(spending: Spending) -> str:
    """Say what was spent on calls that gave no answer, and which part of all that is."""
    amount = money(spending.unanswered_cost_usd)
    if not spending.cost_usd:
        return amount
    return f"{amount} ({100 * spending.unanswered_cost_usd / spending.cost_usd:.0f} %)"


def took(span: timedelta | None) -> str:
    """Write a time span: 0.4 s, 12 s, 3 min 05 s, 2 h 10 min, 3 days."""
    if span is None:
        return ""
    seconds = max(0.0, span.total_seconds())
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min {int(seconds % 60):02} s"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return count(minutes // (24 * 60), "day")


def day(value: date | str) -> str:
    """Write a day: Nov 22, 2026."""
    on = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{on:%b} {on.day}, {on.year}"


def moment(value: datetime) -> str:
    """Write a time in UTC, for browsers that run no script."""
    return f"{value:%Y-%m-%d %H:%M} UTC"


FILTERS = {
    "number": number,
    "count": count,
    "money": money,
    "spent": spent,
    "lost": lost,
    "took": took,
    "day": day,
    "moment": moment,
    "state": lambda status: STATES[status][0],
    "state_kind": lambda status: STATES[status][1],
    "event": lambda event: EVENTS.get(event, event),
    "delivery_state": lambda state: DELIVERY_STATES[state][0],
    "delivery_kind": lambda state: DELIVERY_STATES[state][1],
}
