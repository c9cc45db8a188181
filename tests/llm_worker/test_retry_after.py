"""Protects the wait that a provider asks for, in each form it can take."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from llm_worker.providers.retry_after import retry_after


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "20"}, timedelta(seconds=20)),
        ({"retry-after": "0.5"}, timedelta(milliseconds=500)),
        ({"retry-after-ms": "250", "retry-after": "1"}, timedelta(milliseconds=250)),
        ({"retry-after-ms": "soon", "retry-after": "1"}, timedelta(seconds=1)),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e400"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, None),
        ({}, None),
    ],
)
def test_wait(headers: dict[str, str], wait: timedelta | None) -> None:
    assert retry_after(headers) == wait


def test_a_date_is_a_wait_until_then() -> None:
    moment = datetime.now(UTC) + timedelta(hours=1)
    wait = retry_after({"retry-after": format_datetime(moment, usegmt=True)})
    assert wait is not None
    assert timedelta(minutes=50) < wait <= timedelta(hours=1)
