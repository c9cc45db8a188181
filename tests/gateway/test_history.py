"""The history: a tenant's reports, newest first, in pages, by state and by words."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio

from contracts.reports import ReportStatus
from orchestrator.metadata import Metadata
from tests.gateway.behind import a_record

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def word(metadata: Metadata) -> str:
    """A word of five reports, asked a minute apart; the third failed, the last is another tenant's."""
    word = f"zanzibar{uuid4().hex[:8]}"
    begun = datetime.now(UTC)
    for number in range(6):
        record = a_record(
            f"report-{word}-{number}",
            ReportStatus.FAILED if number == 3 else ReportStatus.COMPLETED,
            prompt=f"Number {number} about {word} and its spices",
            accepted_at=begun + timedelta(minutes=number),
            tenant_id="someone-else" if number == 5 else "default",
            mode="review" if number == 1 else "auto",
            requested_by="Ann" if number in {1, 2} else None,
            model=f"model-{number}",
            batch_id=f"batch-{word}" if number < 2 else None,
            schedule_id=f"schedule-{word}"[:40] if number == 2 else None,
            usage={"input_tokens": 10, "output_tokens": 20},
            cost_usd=[None, "0.05", "0.01", "0.02", "0.03", "9"][number],
            finished_at=begun + timedelta(minutes=number, seconds=[9, 4, 8, 5, 7, 6][number]),
        )
        await metadata.store_report_metadata(record)
    return word


async def listed(http: httpx2.AsyncClient, **query: str | int) -> tuple[list[str], int]:
    """Give the ends of the listed ids, and the total."""
    answer = await http.get("/api/reports", params=query)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    return [item["workflow_id"].rpartition("-")[2] for item in page["items"]], page["total"]


async def test_reports_are_found_by_words_newest_first(http: httpx2.AsyncClient, word: str) -> None:
    assert await listed(http, q=word) == (["4", "3", "2", "1", "0"], 5)
    assert await listed(http, q=f"{word} spices -2") == (["4", "3", "1", "0"], 4)
    assert await listed(http, q=f'"about {word}"') == (["4", "3", "2", "1", "0"], 5)


async def test_reports_are_found_by_state(http: httpx2.AsyncClient, word: str) -> None:
    assert await listed(http, q=word, status="FAILED") == (["3"], 1)
    assert await listed(http, q=word, status="failed,RUNNING") == (["3"], 1)
    assert await listed(http, q=word, status="CANCELLED") == ([], 0)


async def test_pages_follow_each_other(http: httpx2.AsyncClient, word: str) -> None:
    pages = [await listed(http, q=word, page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert pages == [(["4", "3"], 5), (["2", "1"], 5), (["0"], 5), ([], 5)]


async def test_reports_are_found_by_where_they_come_from(http: httpx2.AsyncClient, word: str) -> None:
    assert await listed(http, q=word, mode="review") == (["1"], 1)
    assert await listed(http, q=word, requested_by="Ann") == (["2", "1"], 2)
    assert await listed(http, q=word, requested_by="Ann", model="model-2") == (["2"], 1)
    assert await listed(http, batch_id=f"batch-{word}") == (["1", "0"], 2)
    assert await listed(http, schedule_id=f"schedule-{word}"[:40]) == (["2"], 1)


async def test_reports_are_found_by_day(http: httpx2.AsyncClient, metadata: Metadata) -> None:
    """Days are those of the time zone that was asked for, the last one included."""
    word = f"calendar{uuid4().hex[:8]}"
    for number, at in enumerate(("2020-05-01T22:30+00:00", "2020-05-02T10:00+00:00")):
        record = a_record(f"report-{word}-{number}", ReportStatus.COMPLETED, prompt=word, accepted_at=at)
        await metadata.store_report_metadata(record)
    assert await listed(http, q=word, **{"from": "2020-05-01", "to": "2020-05-01"}) == (["0"], 1)
    assert await listed(http, q=word, **{"from": "2020-05-02"}) == (["1"], 1)
    assert await listed(http, q=word, **{"from": "2020-05-02", "tz": "Europe/Berlin"}) == (["1", "0"], 2)
    answer = await http.get("/api/reports", params={"from": "2020-05-02", "to": "2020-05-01"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "to")


async def test_reports_come_in_the_order_that_was_asked_for(http: httpx2.AsyncClient, word: str) -> None:
    assert await listed(http, q=word, sort="oldest") == (["0", "1", "2", "3", "4"], 5)
    assert await listed(http, q=word, sort="cost") == (["1", "4", "3", "2", "0"], 5)
    assert await listed(http, q=word, sort="duration") == (["0", "2", "4", "3", "1"], 5)


async def test_what_matches_is_summed_up(http: httpx2.AsyncClient, word: str) -> None:
    """All of it, not only the page; and what has no known price is counted, not taken for free."""
    page = (await http.get("/api/reports", params={"q": word, "page_size": 1})).json()
    assert float(page["cost_usd"]) == 0.11
    assert page["unpriced"] == 1
    assert page["usage"] == {"input_tokens": 50, "output_tokens": 100}
    unknown = (await http.get("/api/reports", params={"q": f"{word} 0"})).json()
    assert (unknown["cost_usd"], unknown["unpriced"]) == (None, 1)
    nothing = (await http.get("/api/reports", params={"q": f"{word}-nobody"})).json()
    assert (float(nothing["cost_usd"]), nothing["unpriced"]) == (0, 0)


async def test_a_row_says_who_asked_and_whether_it_is_paused(
    http: httpx2.AsyncClient, metadata: Metadata, workflow_id: str
) -> None:
    word = f"paused{uuid4().hex[:8]}"
    record = a_record(workflow_id, ReportStatus.RUNNING, prompt=word, paused=True, requested_by="Bo")
    await metadata.store_report_metadata(record)
    [item] = (await http.get("/api/reports", params={"q": word})).json()["items"]
    assert (item["paused"], item["requested_by"], item["batch_id"]) == (True, "Bo", None)


@pytest.mark.parametrize("words", ["", "'", '"', "a & b | !", "\\", "( <-> )", "水"])
async def test_any_words_are_a_question_and_never_an_error(http: httpx2.AsyncClient, words: str) -> None:
    assert (await http.get("/api/reports", params={"q": words})).status_code == 200
