"""Sums and states in the words of the pages."""

from decimal import Decimal

import pytest

from contracts.schedules import Calendar, Cron, Monthly
from gateway import wording
from gateway.reading.ledger import Spending
from gateway.scheduling.calendars import in_words


@pytest.mark.parametrize(
    ("spending", "told"),
    [
        (Spending(cost_usd=Decimal("1.5")), "$1.50"),
        (Spending(cost_usd=Decimal("1.5"), unpriced_calls=2), "at least $1.50"),
        (Spending(cost_usd=Decimal(0), unpriced_calls=2), "unknown"),
        (Spending(cost_usd=None, unpriced_calls=2), "unknown"),
        (Spending(cost_usd=Decimal(0)), "$0.00"),
    ],
)
def test_a_sum_is_told_as_far_as_it_is_known(spending: Spending, told: str) -> None:
    """Calls that were refused cost nothing: they do not make a price known."""
    assert wording.spent(spending) == told


@pytest.mark.parametrize(
    ("calendar", "told"),
    [
        (Monthly(day=31, at="23:45"), "At 23:45 on the 31st day of every month (UTC)"),
        (Monthly(day=12, at="09:00"), "At 09:00 on the 12th day of every month (UTC)"),
        (
            Cron(expression="0 9 11,21,22,23 * *"),
            "At 09:00 on the 11th, the 21st, the 22nd, and the 23rd day of month (UTC)",
        ),
    ],
)
def test_days_of_the_month_are_counted_as_people_count(calendar: Calendar, told: str) -> None:
    assert in_words(calendar, "UTC") == told
