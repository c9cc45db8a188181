"""Every draft of a report can be read and compared, for as long as the report itself."""

from collections.abc import AsyncIterator
from decimal import Decimal

import httpx2
import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from contracts.activities.llm import StoredAnswer
from contracts.artifacts import answer_key, draft_key
from contracts.reports import ReportMode, ReportStatus, TokenUsage
from contracts.task_queues import TaskQueue
from contracts.workflows import GENERATE_REPORT_WORKFLOW
from orchestrator.metadata import Metadata
from runtime.artifacts import ArtifactStore
from tests.gateway.behind import a_record
from tests.gateway.standin_workflow import StandInWorkflow

pytestmark = pytest.mark.asyncio(loop_scope="session")

FIRST = "# The Aral Sea\n\nIts rivers were led away.\n\nIt shrank.\n"
SECOND = "# The Aral Sea\n\nIts two rivers were led to cotton fields.\n\nIt shrank.\n"


async def store_revision(artifacts: ArtifactStore, workflow_id: str, revision: int, text: str) -> None:
    """Store a draft and its answer as the model's worker does."""
    answer = StoredAnswer(
        text=text,
        title="The Aral Sea",
        model="simulated-1",
        usage=TokenUsage(input_tokens=revision, output_tokens=100),
        cost_usd=Decimal("0.01"),
        finish_reason="stop",
    )
    content = answer.model_dump_json().encode()
    await artifacts.put_once(answer_key("default", workflow_id, revision), content, "application/json")
    await artifacts.put_once(draft_key("default", workflow_id, revision), text.encode(), "text/markdown")


@pytest_asyncio.fixture(loop_scope="session")
async def url(metadata: Metadata, artifacts: ArtifactStore, workflow_id: str) -> str:
    """The address of a report that was cancelled while its third draft was written."""
    await store_revision(artifacts, workflow_id, 1, FIRST)
    await store_revision(artifacts, workflow_id, 2, SECOND)
    record = a_record(workflow_id, ReportStatus.CANCELLED, mode=ReportMode.REVIEW, revision=3)
    await metadata.store_report_metadata(record)
    return f"/api/workflows/{workflow_id}"


async def test_drafts_are_listed_from_the_store_when_temporal_has_forgotten_them(
    http: httpx2.AsyncClient, url: str
) -> None:
    items = (await http.get(f"{url}/revisions")).json()["items"]
    assert [item["revision"] for item in items] == [1, 2]
    assert [item["usage"]["input_tokens"] for item in items] == [1, 2]
    assert items[0]["instructions"] is None
    assert (await http.get(items[0]["draft_url"])).text == FIRST


@pytest_asyncio.fixture(loop_scope="session")
async def ended(temporal: Client, metadata: Metadata, workflow_id: str) -> AsyncIterator[str]:
    """The address of a report that has ended, and that Temporal still remembers."""
    handle = await temporal.start_workflow(
        GENERATE_REPORT_WORKFLOW, id=workflow_id, task_queue=TaskQueue.REPORTS
    )
    async with Worker(temporal, task_queue=TaskQueue.REPORTS, workflows=[StandInWorkflow]):
        await handle.query("progress")
        await handle.terminate()
        await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.CANCELLED, revision=2))
        yield f"/api/workflows/{workflow_id}"


async def test_the_instructions_are_told_as_long_as_temporal_remembers(
    http: httpx2.AsyncClient, ended: str
) -> None:
    (item,) = (await http.get(f"{ended}/revisions")).json()["items"]
    assert item["instructions"] == "Shorter."
    assert item["written_at"].startswith("2026-01-01")


async def test_two_drafts_are_compared_word_by_word(http: httpx2.AsyncClient, url: str) -> None:
    comparison = (await http.get(f"{url}/revisions/2/diff")).json()
    assert (comparison["revision"], comparison["against"]) == (2, 1)
    assert [block["change"] for block in comparison["blocks"]] == ["same", "changed", "same"]
    segments = comparison["blocks"][1]["segments"]
    assert "".join(s["text"] for s in segments if s["change"] != "added") == "Its rivers were led away."
    assert [s["text"] for s in segments if s["change"] == "added"] == ["two ", "to cotton fields"]
    backwards = (await http.get(f"{url}/revisions/1/diff?against=2")).json()
    assert "".join(s["text"] for s in backwards["blocks"][1]["segments"] if s["change"] != "removed") == (
        "Its rivers were led away."
    )


async def test_a_draft_is_given_as_harmless_html(http: httpx2.AsyncClient, url: str) -> None:
    answer = await http.get(f"{url}/revisions/1/html")
    assert "<h1>The Aral Sea</h1>" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["revisions/3", "revisions/0", "revisions/99/html", "revisions/3/diff"])
async def test_a_draft_that_was_never_finished_is_not_there(
    http: httpx2.AsyncClient, url: str, path: str
) -> None:
    answer = await http.get(f"{url}/{path}")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith(":revision-not-found")


async def test_a_finished_draft_is_given_while_the_row_still_tells_of_the_one_before(
    http: httpx2.AsyncClient, metadata: Metadata, artifacts: ArtifactStore, workflow_id: str
) -> None:
    """The row is all that is known when Temporal does not answer, and is written after the draft."""
    await store_revision(artifacts, workflow_id, 2, SECOND)
    record = a_record(workflow_id, ReportStatus.WAITING_FOR_REVIEW, mode=ReportMode.REVIEW, revision=1)
    await metadata.store_report_metadata(record)
    answer = await http.get(f"/api/workflows/{workflow_id}/revisions/2/html")
    assert "two rivers" in answer.text


async def test_the_first_draft_has_none_before_it(http: httpx2.AsyncClient, url: str) -> None:
    answer = await http.get(f"{url}/revisions/1/diff")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "against"
