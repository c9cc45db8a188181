"""A running report is asked and steered through its workflow, and found while no worker can answer."""

from collections.abc import AsyncIterator

import httpx2
import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.worker import Worker

from contracts.reports import ReportMode, ReportStatus
from contracts.task_queues import TaskQueue
from contracts.workflows import GENERATE_REPORT_WORKFLOW
from orchestrator.metadata import Metadata
from tests.gateway.behind import a_record
from tests.gateway.standin_workflow import StandInWorkflow

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def started(temporal: Client, workflow_id: str) -> AsyncIterator[str]:
    """The address of a report whose workflow has been started; no worker serves it."""
    handle = await temporal.start_workflow(
        GENERATE_REPORT_WORKFLOW, id=workflow_id, task_queue=TaskQueue.REPORTS
    )
    yield f"/api/workflows/{workflow_id}"
    if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
        await handle.terminate()


@pytest_asyncio.fixture(loop_scope="session")
async def worker(temporal: Client) -> AsyncIterator[None]:
    """A worker of the stand-in workflow."""
    async with Worker(temporal, task_queue=TaskQueue.REPORTS, workflows=[StandInWorkflow]):
        yield


@pytest.mark.usefixtures("worker")
async def test_a_running_report_tells_its_own_progress(http: httpx2.AsyncClient, started: str) -> None:
    state = (await http.get(f"{started}/status")).json()
    assert (state["status"], state["step"], state["revision"]) == ("WAITING_FOR_REVIEW", "review", 2)
    result = await http.get(f"{started}/result")
    assert result.status_code == 409
    assert result.json()["report_status"] == "WAITING_FOR_REVIEW"


@pytest.mark.usefixtures("worker")
async def test_a_decision_counts_for_the_revision_that_waits(http: httpx2.AsyncClient, started: str) -> None:
    stale = await http.post(f"{started}/decision", json={"revision": 1, "decision": "approve"})
    taken = await http.post(f"{started}/decision", json={"revision": 2, "decision": "approve"})
    assert stale.status_code == 409
    assert stale.json()["type"].endswith(":stale-revision")
    assert stale.json()["detail"] == "The draft that waits is revision 2."
    assert taken.status_code == 200
    assert taken.json()["step"] == "create_pdf"


@pytest.mark.usefixtures("worker")
async def test_a_repeated_decision_with_the_same_key_counts_once(
    http: httpx2.AsyncClient, started: str
) -> None:
    body, headers = {"revision": 2, "decision": "approve"}, {"Idempotency-Key": started}
    answers = [await http.post(f"{started}/decision", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.usefixtures("worker")
async def test_another_decision_under_a_used_key_is_not_taken_for_a_repeat(
    http: httpx2.AsyncClient, started: str
) -> None:
    headers = {"Idempotency-Key": started}
    taken = {"revision": 2, "decision": "revise", "instructions": "Shorter."}
    assert (await http.post(f"{started}/decision", json=taken, headers=headers)).status_code == 200
    other = {"revision": 1, "decision": "approve"}
    refused = await http.post(f"{started}/decision", json=other, headers=headers)
    assert refused.json()["type"].endswith(":stale-revision")


@pytest.mark.usefixtures("worker")
async def test_the_status_tells_what_the_workflow_knows(http: httpx2.AsyncClient, started: str) -> None:
    state = (await http.get(f"{started}/status")).json()
    (revision,) = state["revisions"]
    assert (revision["instructions"], revision["draft_url"]) == ("Shorter.", f"{started}/revisions/1")
    assert state["usage"] == {"input_tokens": 10, "output_tokens": 200}
    assert float(state["cost_usd"]) == 0.02
    assert state["review_until"].startswith("2030-01-01")
    assert (state["paused"], state["attempts"]) == (False, {})


@pytest.mark.usefixtures("worker")
async def test_a_report_is_paused_and_resumed_as_often_as_it_is_asked(
    http: httpx2.AsyncClient, started: str
) -> None:
    """Each answer tells the state; saying it twice is no mistake."""
    answers = [await http.post(f"{started}/{what}") for what in ("pause", "pause", "resume", "resume")]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [answer.json()["paused"] for answer in answers] == [True, True, False, False]
    await http.post(f"{started}/pause")
    assert (await http.get(f"{started}/status")).json()["paused"] is True


@pytest.mark.usefixtures("worker")
async def test_a_report_that_is_about_to_end_is_not_paused(http: httpx2.AsyncClient, started: str) -> None:
    await http.post(f"{started}/decision", json={"revision": 2, "decision": "approve"})
    answer = await http.post(f"{started}/pause")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":report-is-ending")
    assert answer.json()["detail"] == "The report is about to end."


@pytest.mark.usefixtures("worker")
async def test_a_cancelled_report_says_so_even_without_a_row(
    http: httpx2.AsyncClient, temporal: Client, started: str, workflow_id: str
) -> None:
    answer = await http.post(f"{started}/cancel")
    assert answer.status_code == 202
    assert answer.headers["location"] == f"{started}/status"
    handle = temporal.get_workflow_handle(workflow_id)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert (await http.get(f"{started}/status")).json()["status"] == "CANCELLED"
    assert (await http.post(f"{started}/cancel")).status_code == 409


async def test_a_report_without_a_worker_is_known_from_its_row(
    http: httpx2.AsyncClient, metadata: Metadata, started: str, workflow_id: str
) -> None:
    before = (await http.get(f"{started}/status")).json()
    await metadata.store_report_metadata(
        a_record(workflow_id, ReportStatus.WAITING_FOR_REVIEW, mode=ReportMode.REVIEW, revision=2)
    )
    after = (await http.get(f"{started}/status")).json()
    assert before["status"] == "RUNNING"
    assert (after["status"], after["revision"], after["step"]) == ("WAITING_FOR_REVIEW", 2, "review")
    assert after["prompt"]


async def test_a_report_that_waits_on_the_bus_cannot_be_steered_yet(http: httpx2.AsyncClient) -> None:
    accepted = (await http.post("/api/workflows/generate-report", json={"prompt": "Why?"})).json()
    answer = await http.post(accepted["status_url"].replace("status", "cancel"))
    assert answer.status_code == 409
    assert answer.headers["retry-after"]
