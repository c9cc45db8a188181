"""A report finishes on the version of the workflow code that it began on, while new ones use the new code."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from contracts.reports import ReportMode, ReportProgress
from contracts.task_queues import TaskQueue
from contracts.workflows import SUBMIT_DECISION_UPDATE, Decision, DecisionKind
from local_stack import LocalStack, Server, StackSettings, free_port_offset
from orchestrator.versions import WORKFLOWS_DEPLOYMENT, promote_build
from orchestrator.workflows.generate_report import GenerateReportWorkflow
from runtime import durable
from runtime.durable import TemporalSettings, new_worker, versioned
from tests.workflows.stage import Cast, Handle, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def temporal(tmp_path: Path) -> AsyncIterator[Client]:
    """A Temporal of its own: a deployment's current version concerns everyone on the queue."""
    settings = StackSettings(data_dir=tmp_path / "data", port_offset=free_port_offset())
    async with LocalStack(settings, servers={Server.TEMPORAL}, services=()) as stack:
        yield await durable.connect(TemporalSettings(temporal_address=stack.temporal_address))


def workflow_worker(temporal: Client, build_id: str) -> Worker:
    settings = TemporalSettings(worker_build_id=build_id)
    return new_worker(
        temporal,
        TaskQueue.REPORTS,
        workflows=[GenerateReportWorkflow],
        deployment=versioned(WORKFLOWS_DEPLOYMENT, settings),
    )


async def build_of(handle: Handle) -> str:
    info = (await handle.describe()).raw_description.workflow_execution_info.versioning_info
    return info.deployment_version.build_id


async def approve(handle: Handle) -> None:
    decision = Decision(revision=1, decision=DecisionKind.APPROVE)
    await handle.execute_update(SUBMIT_DECISION_UPDATE, decision, result_type=ReportProgress)


async def test_a_waiting_report_stays_on_its_version(temporal: Client) -> None:
    cast = Cast()
    stage = Stage(temporal, cast)
    async with AsyncExitStack() as workers:
        for queue, function in (
            (TaskQueue.LLM, cast.llm_call),
            (TaskQueue.PDF, cast.create_pdf),
            (TaskQueue.METADATA, cast.store_report_metadata),
            (TaskQueue.NOTIFICATION, cast.send_notification),
        ):
            await workers.enter_async_context(new_worker(temporal, queue, activities=[function]))
        await workers.enter_async_context(workflow_worker(temporal, "one"))
        await promote_build(temporal, "one")
        old = await stage.start(ReportMode.REVIEW)
        await stage.until_waiting(old, 1)

        await workers.enter_async_context(workflow_worker(temporal, "two"))
        await promote_build(temporal, "two")
        new = await stage.start(ReportMode.REVIEW)
        await stage.until_waiting(new, 1)
        await approve(old)
        await approve(new)
        await old.result()
        await new.result()
        assert (await build_of(old), await build_of(new)) == ("one", "two")
