"""Protects the bill: exact to the digit, and unknown rather than wrong."""

from decimal import Decimal

import pytest

from contracts.reports import TokenUsage
from llm_worker.prices import Prices

USAGE = TokenUsage(input_tokens=1_000, output_tokens=3)


@pytest.mark.parametrize(
    ("input_price", "output_price", "usage", "cost"),
    [
        ("2", "8", USAGE, "0.002024"),
        ("0", "0", USAGE, "0"),
        (None, "8", USAGE, None),
        ("2", None, USAGE, None),
    ],
)
def test_cost(input_price: str | None, output_price: str | None, usage: TokenUsage, cost: str | None) -> None:
    prices = Prices(
        None if input_price is None else Decimal(input_price),
        None if output_price is None else Decimal(output_price),
    )
    assert prices.cost_usd(usage) == (None if cost is None else Decimal(cost))
