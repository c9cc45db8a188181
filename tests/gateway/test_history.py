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
    assert await listed(http, search=f'"about {word}"') == (["4", "3", "2", "1", "0"], 5)


async def test_reports_are_found_by_state(http: httpx2.AsyncClient, word: str) -> None:
    assert await listed(http, q=word, status="FAILED") == (["3"], 1)
    assert await listed(http, q=word, status="failed,RUNNING") == (["3"], 1)
    assert await listed(http, q=word, status="CANCELLED") == ([], 0)


async def test_pages_follow_each_other(http: httpx2.AsyncClient, word: str) -> None:
    pages = [await listed(http, q=word, page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert pages == [(["4", "3"], 5), (["2", "1"], 5), (["0"], 5), ([], 5)]


@pytest.mark.parametrize("words", ["", "'", '"', "a & b | !", "\\", "( <-> )", "水"])
async def test_any_words_are_a_question_and_never_an_error(http: httpx2.AsyncClient, words: str) -> None:
    assert (await http.get("/api/reports", params={"q": words})).status_code == 200
