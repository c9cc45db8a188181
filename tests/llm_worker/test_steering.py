"""Protects those who steer: what they say reaches the provider within seconds, in both of its protocols.

The report's own workflow and this service's own process; only the other services are played.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import CancelledError
from temporalio.worker import Worker

from contracts.reports import ReportKey, ReportMode, ReportProgress, ReportStatus
from contracts.task_queues import TaskQueue
from contracts.workflows import (
    PAUSE_UPDATE,
    RESUME_UPDATE,
    SUBMIT_DECISION_UPDATE,
    Decision,
    DecisionKind,
    ReportInput,
)
from orchestrator.workflows.generate_report import GenerateReportWorkflow
from tests.llm_simulator import Behaviour, Event, Fault
from tests.llm_worker.attempts import QUESTION, Lines
from tests.llm_worker.scene import Scene
from tests.workflows.stage import Cast, Handle, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

STALL = Behaviour(fault=Fault.STALL)
APIS = ("responses", "chat_completions")
# What the provider calls a call whose reader has gone, by protocol.
STOPPED = {"responses": "cancelled", "chat_completions": "abandoned"}


@pytest_asyncio.fixture(loop_scope="session")
async def stage(scene: Scene) -> AsyncIterator[Stage]:
    """The report's workflow, with everything but the model's step played."""
    cast = Cast()
    async with (
        Worker(scene.temporal, task_queue=TaskQueue.REPORTS, workflows=[GenerateReportWorkflow]),
        Worker(scene.temporal, task_queue=TaskQueue.PDF, activities=[cast.create_pdf]),
        Worker(scene.temporal, task_queue=TaskQueue.METADATA, activities=[cast.store_report_metadata]),
        Worker(scene.temporal, task_queue=TaskQueue.NOTIFICATION, activities=[cast.send_notification]),
    ):
        yield Stage(scene.temporal, cast)


async def ask(scene: Scene, mode: ReportMode = ReportMode.AUTO) -> tuple[Handle, Lines]:
    request_id = str(uuid4())
    key = ReportKey(workflow_id=f"report-{request_id}", request_id=request_id)
    handle = await scene.temporal.start_workflow(
        GenerateReportWorkflow.run,
        ReportInput(report=key, producer="test", prompt=QUESTION, mode=mode, accepted_at=datetime.now(UTC)),
        id=key.workflow_id,
        task_queue=TaskQueue.REPORTS,
    )
    return handle, Lines(scene.pool, key)


async def begun(scene: Scene, api: str) -> tuple[Handle, Lines]:
    """Ask for a report and return in the middle of its answer."""
    await scene.provider.script(STALL)
    handle, lines = await ask(scene)
    await scene.held()
    if api == "responses":
        await lines.until_response_is_noted()
    return handle, lines


async def pause(handle: Handle) -> None:
    await handle.execute_update(PAUSE_UPDATE, result_type=ReportProgress)


async def resume(handle: Handle) -> None:
    await handle.execute_update(RESUME_UPDATE, result_type=ReportProgress)


async def until_let_go(handle: Handle) -> None:
    """Return when the paused step has ended."""
    async for event in handle.fetch_history_events(wait_new_event=True):
        if event.HasField("activity_task_canceled_event_attributes"):
            return


async def cancelled(handle: Handle) -> None:
    await handle.cancel()
    with pytest.raises(WorkflowFailureError) as raised:
        await handle.result()
    assert isinstance(raised.value.cause, CancelledError)


@pytest.mark.parametrize("api", APIS)
async def test_cancelling_stops_the_running_call(scene: Scene, stage: Stage, api: str) -> None:
    async with scene.worker(LLM_API=api):
        handle, lines = await begun(scene, api)
        async with asyncio.timeout(10):
            await cancelled(handle)
            await scene.provider.wait_for(Event.BILLED)
    assert await scene.billed() == [STOPPED[api]]
    assert await lines.outcomes() == ["cancelled"]
    assert stage.cast.records[-1].status is ReportStatus.CANCELLED


async def test_a_pause_leaves_a_background_answer_to_be_read_on(scene: Scene, stage: Stage) -> None:
    """It is written and paid for once, however long the report stands still, and whoever reads it."""
    async with scene.worker(LLM_API="responses"):
        handle, lines = await begun(scene, "responses")
        await pause(handle)
        await until_let_go(handle)
    assert await lines.outcomes() == [None]
    await scene.provider.release()
    await scene.provider.wait_for(Event.BILLED)
    async with scene.worker(LLM_API="responses"):
        await resume(handle)
        assert (await handle.result()).status is ReportStatus.COMPLETED
    assert await scene.billed() == ["answered"]
    assert await scene.provider.calls() == 1
    [line] = await lines.all()
    assert (line["outcome"], line["reattachments"]) == ("answered", 1)
    assert stage.cast.records[-1].usage.output_tokens == line["output_tokens"]


async def test_a_pause_ends_a_chat_completion_and_resuming_calls_again(scene: Scene, stage: Stage) -> None:
    async with scene.worker(LLM_API="chat_completions"):
        handle, lines = await begun(scene, "chat_completions")
        await pause(handle)
        await scene.provider.wait_for(Event.BILLED)
        await resume(handle)
        assert (await handle.result()).status is ReportStatus.COMPLETED
    assert await scene.billed() == ["abandoned", "answered"]
    assert await lines.outcomes() == ["cancelled", "answered"]
    paid = sum(line["output_tokens"] for line in await lines.all())
    assert stage.cast.records[-1].usage.output_tokens == paid


async def test_cancelling_a_paused_report_stops_its_answer_at_the_provider(
    scene: Scene, stage: Stage
) -> None:
    async with scene.worker(LLM_API="responses"):
        handle, lines = await begun(scene, "responses")
        await pause(handle)
        await until_let_go(handle)
        assert await scene.billed() == []
        async with asyncio.timeout(10):
            await cancelled(handle)
    assert await scene.billed() == ["cancelled"]
    assert await lines.outcomes() == ["cancelled"]
    assert not stage.cast.records[-1].paused


async def test_cancelling_does_not_wait_for_the_next_try(scene: Scene, stage: Stage) -> None:
    await scene.provider.script(Behaviour(fault=Fault.STATUS, status=429, retry_after="3600"))
    async with scene.worker(LLM_MODEL="refused-for-an-hour"):
        handle, lines = await ask(scene)
        await lines.until(lambda line: line["outcome"] == "rate_limited")
        async with asyncio.timeout(10):
            await cancelled(handle)
    assert stage.cast.records[-1].status is ReportStatus.CANCELLED


async def test_the_draft_before_and_all_instructions_reach_the_model(scene: Scene, stage: Stage) -> None:
    drafts = [f"# Draft {number}\n\nText number {number}." for number in (1, 2, 3)]
    await scene.provider.script(*(Behaviour(text=draft) for draft in drafts))
    instructions = ["Name the rivers.", "Add a table."]
    async with scene.worker():
        handle, _ = await ask(scene, ReportMode.REVIEW)
        for revision, wish in enumerate([*instructions, ""], start=1):
            await stage.until_waiting(handle, revision)
            kind = DecisionKind.REVISE if wish else DecisionKind.APPROVE
            decision = Decision(revision=revision, decision=kind, instructions=wish)
            await handle.execute_update(SUBMIT_DECISION_UPDATE, decision, result_type=ReportProgress)
        assert (await handle.result()).revision == 3
    prompts = [entry.prompt for entry in await scene.provider.ledger() if entry.event is Event.ASKED]
    assert [(draft in prompts[2]) for draft in drafts] == [False, True, False]
    assert drafts[0] in prompts[1]
    assert prompts[2].index("1. Name the rivers.") < prompts[2].index("2. Add a table.")
    assert QUESTION in prompts[2]
