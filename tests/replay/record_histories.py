"""Save the histories that the replay test holds new code against.

Run it only when a change of the workflow is meant to be incompatible with running reports, or when a new
path needs a history: `python -m tests.replay.record_histories [PATH …]`, all of them without a name. Old
files stay: they are reports still running.
"""

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError

from contracts.failures import FailureCode
from contracts.reports import ReportMode, ReportProgress
from contracts.workflows import (
    PAUSE_UPDATE,
    RESUME_UPDATE,
    REVIEW_TIMEOUT,
    SUBMIT_DECISION_UPDATE,
    Decision,
    DecisionKind,
)
from orchestrator.policies import BATCH_PART_ROWS
from tests.workflows.server import staged
from tests.workflows.stage import Endless, Handle, TimeSkippingStage
from tests.workflows.test_report_batch import start as start_batch
from tests.workflows.test_scheduled_report import scheduled as a_schedule
from tests.workflows.test_scheduled_report import start as start_run

AnyHandle = WorkflowHandle[Any, Any]

HISTORIES = Path(__file__).with_name("histories")


async def completed(stage: TimeSkippingStage) -> Handle:
    """Run a report to its end."""
    handle = await stage.start()
    await handle.result()
    return handle


async def refuse() -> None:
    """Answer as a provider that does not have the model."""
    raise ApplicationError("no such model", type=FailureCode.MODEL_NOT_FOUND, non_retryable=True)


async def failed(stage: TimeSkippingStage) -> Handle:
    """Run a report that the provider refuses."""
    stage.cast.on_llm_call = refuse
    handle = await stage.start()
    try:
        await handle.result()
    except WorkflowFailureError:
        return handle
    raise AssertionError("the report was to fail")


async def reviewed(stage: TimeSkippingStage) -> Handle:
    """Run a report through one revision and an approval."""
    handle = await stage.start(ReportMode.REVIEW)
    for revision, kind in ((1, DecisionKind.REVISE), (2, DecisionKind.APPROVE)):
        await stage.until_waiting(handle, revision)
        decision = Decision(revision=revision, decision=kind, instructions="Name the rivers.")
        await handle.execute_update(SUBMIT_DECISION_UPDATE, decision, result_type=ReportProgress)
    await handle.result()
    return handle


async def cancelled(stage: TimeSkippingStage) -> Handle:
    """Run a report that is cancelled while its draft waits."""
    handle = await stage.start(ReportMode.REVIEW)
    await stage.until_waiting(handle, 1)
    await handle.cancel()
    try:
        await handle.result()
    except WorkflowFailureError:
        return handle
    raise AssertionError("the report was to be cancelled")


async def reminded(stage: TimeSkippingStage) -> Handle:
    """Run a report whose reviewers are reminded before they approve."""
    handle = await stage.start(ReportMode.REVIEW)
    await stage.until_waiting(handle, 1)
    await stage.environment.sleep(REVIEW_TIMEOUT - timedelta(days=1))
    decision = Decision(revision=1, decision=DecisionKind.APPROVE)
    await handle.execute_update(SUBMIT_DECISION_UPDATE, decision, result_type=ReportProgress)
    await handle.result()
    return handle


async def paused(stage: TimeSkippingStage) -> Handle:
    """Run a report that is paused while its draft is written, and by signal while it waits for a decision."""
    writing = stage.cast.on_llm_call = Endless()
    handle = await stage.start(ReportMode.REVIEW)
    await writing.begun.wait()
    await handle.execute_update(PAUSE_UPDATE, result_type=ReportProgress)
    await writing.stopped.wait()
    await handle.execute_update(RESUME_UPDATE, result_type=ReportProgress)
    await stage.until_waiting(handle, 1)
    await handle.signal(PAUSE_UPDATE)
    await stage.until(handle, lambda progress: progress.paused)
    await handle.signal(RESUME_UPDATE)
    decision = Decision(revision=1, decision=DecisionKind.APPROVE)
    await handle.execute_update(SUBMIT_DECISION_UPDATE, decision, result_type=ReportProgress)
    await handle.result()
    return handle


async def scheduled(stage: TimeSkippingStage) -> AnyHandle:
    """Run what a schedule starts to its end."""
    handle = await start_run(stage, a_schedule())
    await handle.result()
    return handle


async def scheduled_failed(stage: TimeSkippingStage) -> AnyHandle:
    """Run what a schedule starts, with a report that fails."""
    stage.cast.on_llm_call = refuse
    handle = await start_run(stage, a_schedule())
    try:
        await handle.result()
    except WorkflowFailureError:
        return handle
    raise AssertionError("the run was to fail")


async def batched(stage: TimeSkippingStage) -> AnyHandle:
    """Run a batch of two parts to its archive."""
    handle = await start_batch(stage, BATCH_PART_ROWS + 2)
    await handle.result()
    return handle


async def batch_cancelled(stage: TimeSkippingStage) -> AnyHandle:
    """Run a batch that is cancelled while its reports are written."""
    writing = stage.cast.on_llm_call = Endless()
    handle = await start_batch(stage, 1)
    await writing.begun.wait()
    await handle.cancel()
    await handle.result()
    return handle


PATHS: tuple[Callable[[TimeSkippingStage], Awaitable[AnyHandle]], ...] = (
    completed,
    failed,
    reviewed,
    cancelled,
    reminded,
    paused,
    scheduled,
    scheduled_failed,
    batched,
    batch_cancelled,
)


async def main(names: Sequence[str]) -> None:
    """Record one history for each of these paths, or for all."""
    for path in PATHS:
        if names and path.__name__ not in names:
            continue
        async with AsyncExitStack() as stack:
            stage = await stack.enter_async_context(staged(Path(sys.executable).parent))
            with stage.environment.auto_time_skipping_disabled():
                handle = await path(stage)
            history = await handle.fetch_history()
            (HISTORIES / f"{path.__name__}.json").write_text(without_place(history.to_json()))


def without_place(history: str) -> str:
    """Take out what tells of the machine that recorded: identities and stack traces."""
    history = re.sub(r'("identity": )"[^"]*"', r'\1"recorder"', history)
    return re.sub(r'("stackTrace": )"(?:[^"\\]|\\.)*"', r'\1""', history)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
    sys.stdout.flush()
    os._exit(0)  # Temporal's SDK may abort an interpreter that takes itself down (sdk-python#300)
