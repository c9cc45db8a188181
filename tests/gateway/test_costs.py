"""What was spent, from the ledger: by day, model and user; what is not known is not told as zero."""

import csv
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from contracts.reports import ReportStatus
from orchestrator.metadata import Metadata
from tests.gateway.behind import a_record
from tests.gateway.ledger import add_call

pytestmark = pytest.mark.asyncio(loop_scope="session")

# A month of its own for each test: the ledger is everyone's.
MONTHS = iter(range(1, 12))


@pytest_asyncio.fixture(loop_scope="session")
async def month() -> datetime:
    """Noon of the first day of a month that no other test uses."""
    return datetime(2021, next(MONTHS), 1, 12, tzinfo=UTC)


async def spent(http: httpx2.AsyncClient, month: datetime, **query: str) -> dict[str, Any]:
    """Ask for the first week of a month."""
    period = {"from": month.date().isoformat(), "to": (month.date() + timedelta(days=6)).isoformat()}
    answer = await http.get("/api/costs", params=period | query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_days_sum_up_what_was_spent_and_what_gave_no_answer(
    http: httpx2.AsyncClient, pool: asyncpg.Pool, month: datetime
) -> None:
    report = f"report-{uuid4()}"
    await add_call(pool, report, at=month, outcome="cut", cost="0.03", estimated=True)
    await add_call(pool, report, at=month, attempt=2)
    await add_call(pool, f"report-{uuid4()}", at=month + timedelta(days=2))
    await add_call(pool, report, at=month, outcome=None, cost=None)
    await add_call(pool, report, at=month, tenant_id="someone-else", cost="100")
    body = await spent(http, month)

    total, lines = body["total"], body["lines"]
    assert total["calls"] == 3
    assert total["reports"] == 2
    assert float(total["cost_usd"]) == 0.05
    assert (total["unanswered_calls"], float(total["unanswered_cost_usd"])) == (1, 0.03)
    assert (total["estimated_calls"], total["unpriced_calls"]) == (1, 0)
    assert (total["input_tokens"], total["output_tokens"]) == (300, 150)
    assert [float(line["cost_usd"]) for line in lines] == [0.04, 0, 0.01, 0, 0, 0, 0]
    assert lines[0]["key"] == month.date().isoformat()


async def test_an_unknown_price_is_not_zero(
    http: httpx2.AsyncClient, pool: asyncpg.Pool, month: datetime
) -> None:
    await add_call(pool, f"report-{uuid4()}", at=month, model="dear", cost=None)
    await add_call(pool, f"report-{uuid4()}", at=month, model="known")
    body = await spent(http, month, by="model")
    lines = {line["key"]: line for line in body["lines"]}
    assert lines["dear"]["cost_usd"] is None
    assert lines["dear"]["unpriced_calls"] == 1
    assert float(lines["known"]["cost_usd"]) == 0.01
    assert float(body["total"]["cost_usd"]) == 0.01
    assert body["total"]["unpriced_calls"] == 1


async def test_users_are_those_who_asked(
    http: httpx2.AsyncClient, pool: asyncpg.Pool, metadata: Metadata, month: datetime
) -> None:
    for name in ("Ann", None):
        report = f"report-{uuid4()}"
        await metadata.store_report_metadata(a_record(report, ReportStatus.COMPLETED, requested_by=name))
        await add_call(pool, report, at=month, cost="0.02" if name else "0.01")
    body = await spent(http, month, by="user")
    assert [line["key"] for line in body["lines"]] == ["Ann", None]


async def test_a_day_is_one_of_the_time_zone_that_was_asked_for(
    http: httpx2.AsyncClient, pool: asyncpg.Pool, month: datetime
) -> None:
    await add_call(pool, f"report-{uuid4()}", at=month + timedelta(hours=11, minutes=30))
    utc = await spent(http, month)
    auckland = await spent(http, month, tz="Pacific/Auckland")
    assert [line["calls"] for line in utc["lines"]][:2] == [1, 0]
    assert [line["calls"] for line in auckland["lines"]][:2] == [0, 1]


async def test_lines_as_csv_open_as_text_in_a_spreadsheet(
    http: httpx2.AsyncClient, pool: asyncpg.Pool, metadata: Metadata, month: datetime
) -> None:
    report = f"report-{uuid4()}"
    name = '=HYPERLINK("http://example.org")'
    await metadata.store_report_metadata(a_record(report, ReportStatus.COMPLETED, requested_by=name))
    await add_call(pool, report, at=month, cost=None)
    period = {"from": month.date().isoformat(), "to": month.date().isoformat()}
    answer = await http.get("/api/costs", params={**period, "by": "user", "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].endswith('.csv"')
    head, line = csv.reader(answer.text.splitlines())
    row = dict(zip(head, line, strict=True))
    assert row["user"] == f"'{name}"
    assert (row["calls"], row["cost_usd"]) == ("1", "")


async def test_without_days_it_is_this_month_so_far(http: httpx2.AsyncClient) -> None:
    before = datetime.now(UTC).date()
    body = (await http.get("/api/costs")).json()
    last = date.fromisoformat(str(body["last"]))
    assert before <= last <= datetime.now(UTC).date()
    assert body["first"] == last.replace(day=1).isoformat()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2021-02-02", "to": "2021-02-01"}, "to"),
        ({"from": "2019-01-01", "to": "2021-01-01"}, "from"),
        ({"from": "2999-01-01"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"tz": "Mars/Olympus"}, "tz"),
        ({"tz": "../../etc/passwd"}, "tz"),
        ({"by": "colour"}, "by"),
    ],
)
async def test_wrong_input_is_named(http: httpx2.AsyncClient, query: dict[str, str], field: str) -> None:
    answer = await http.get("/api/costs", params=query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
