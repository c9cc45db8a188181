"""`make load` sends on time, and reads histograms as the dashboards do."""

import time
from math import inf

import httpx2
import pytest

from benchmarks.load.arrivals import arrive
from benchmarks.load.dashboard_figures import quantile_of
from benchmarks.load.settings import LoadSettings


def test_a_quantile_lies_on_a_straight_line_within_its_bucket() -> None:
    buckets = {0.1: 50.0, 0.2: 90.0, 0.4: 100.0, inf: 100.0}
    assert quantile_of(buckets, 0.5) == pytest.approx(0.1)
    assert quantile_of(buckets, 0.7) == pytest.approx(0.15)
    assert quantile_of(buckets, 0.95) == pytest.approx(0.3)


def test_what_is_beyond_the_last_bound_counts_as_that_bound() -> None:
    assert quantile_of({0.1: 0.0, inf: 10.0}, 0.5) == pytest.approx(0.1)


async def test_requests_are_sent_at_their_times_though_nobody_answers() -> None:
    """Refused connections are arrivals too: not accepted, and none waits for the one before it."""
    async with httpx2.AsyncClient(base_url="http://127.0.0.1:1", trust_env=False) as http:
        begin = time.perf_counter()
        arrivals = await arrive(http, rate=100, requests=5)
    assert [arrival.workflow_id for arrival in arrivals] == [None] * 5
    for number, arrival in enumerate(arrivals):
        assert arrival.sent_at >= begin + number / 100


@pytest.mark.parametrize("wrong", ["0", "-1", "fast", "inf", "nan"])
def test_a_rate_that_makes_no_sense_is_refused_with_an_example(
    monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("RATE", wrong)
    with pytest.raises(SystemExit, match=r"RATE=.* such as RATE=4"):
        LoadSettings.from_environment()
