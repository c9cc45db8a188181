"""Sums and states in the words of the pages."""

from decimal import Decimal

import pytest

from gateway import wording
from gateway.reading.ledger import Spending


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
