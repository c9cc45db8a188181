"""Another rendering is started at once, and waited for only by those who prefer to."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from contracts.task_queues import TaskQueue
from gateway.routes.parameters import patience
from orchestrator.metadata import Metadata
from runtime.artifacts import ArtifactStore
from tests.gateway.behind import completed_record
from tests.gateway.standin_rendering import BROKEN, StandInRendering


@pytest_asyncio.fixture(loop_scope="session")
async def worker(temporal: Client) -> AsyncIterator[None]:
    """A worker of the stand-in."""
    async with Worker(temporal, task_queue=TaskQueue.REPORTS, workflows=[StandInRendering]):
        yield


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("title", "headers", "status"),
    [
        ("A title", {}, 202),
        ("A title", {"Prefer": "respond-async, wait=30"}, 200),
        (BROKEN, {}, 202),
        (BROKEN, {"Prefer": "wait=30"}, 500),
    ],
)
@pytest.mark.asyncio(loop_scope="session")
async def test_the_outcome_is_told_to_those_who_wait(
    *,
    http: httpx2.AsyncClient,
    metadata: Metadata,
    artifacts: ArtifactStore,
    workflow_id: str,
    title: str,
    headers: dict[str, str],
    status: int,
) -> None:
    await metadata.store_report_metadata(await completed_record(artifacts, workflow_id, title=title))
    answer = await http.post(f"/api/workflows/{workflow_id}/render", headers=headers)
    assert answer.status_code == status
    if answer.is_success:
        assert answer.headers["location"] == f"/api/workflows/{workflow_id}/result"
    else:
        assert answer.json()["type"].endswith(":rendering-failed")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, 0), ("respond-async", 0), ("wait=7", 7), ("respond-async; WAIT = 5", 5), ("wait=999999", 60)],
)
def test_patience_is_read_and_bounded(header: str | None, seconds: int) -> None:
    assert patience(header) == timedelta(seconds=seconds)
