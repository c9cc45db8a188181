"""A paused report stands still wherever it is, however long, and goes on where it was."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError, CancelledError

from contracts.events import (
    ReportCancelled,
    ReportCompleted,
    ReportDraftReady,
    ReportPaused,
    ReportResumed,
)
from contracts.failures import FailureCode
from contracts.reports import ReportMode, ReportProgress, ReportStatus, Step
from contracts.workflows import (
    PAUSE_UPDATE,
    REPORT_IS_ENDING,
    RESUME_UPDATE,
    REVIEW_TIMEOUT,
    SUBMIT_DECISION_UPDATE,
    Decision,
    DecisionKind,
)
from tests.workflows.stage import Endless, Handle, TimeSkippingStage


async def pause(handle: Handle) -> ReportProgress:
    progress: ReportProgress = await handle.execute_update(PAUSE_UPDATE, result_type=ReportProgress)
    return progress


async def resume(handle: Handle) -> ReportProgress:
    progress: ReportProgress = await handle.execute_update(RESUME_UPDATE, result_type=ReportProgress)
    return progress


def kinds(stage: TimeSkippingStage) -> list[type]:
    return [type(notification.event) for notification in stage.cast.notifications]


@pytest.mark.parametrize("step", [Step.LLM_CALL, Step.CREATE_PDF])
async def test_a_pause_stops_the_running_step_and_resuming_begins_it_again(
    stage: TimeSkippingStage, step: Step
) -> None:
    endless = Endless()
    setattr(stage.cast, f"on_{step}", endless)
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start()
        await endless.begun.wait()
        assert (await pause(handle)).paused
        await endless.stopped.wait()
        assert (await stage.progress(handle)).paused
        assert not (await resume(handle)).paused
        outcome = await handle.result()

    assert outcome.status is ReportStatus.COMPLETED
    assert (len(stage.cast.calls), len(stage.cast.documents)) == (1, 1)
    assert stage.cast.discarded == []
    assert kinds(stage) == [ReportPaused, ReportResumed, ReportCompleted]
    assert [notification.event_id for notification in stage.cast.notifications] == [
        f"{handle.id}.paused.1",
        f"{handle.id}.resumed.1",
        f"{handle.id}.completed",
    ]
    assert [record.paused for record in stage.cast.records] == [False, True, False, False]


async def test_pausing_twice_and_resuming_twice_is_said_once(stage: TimeSkippingStage) -> None:
    endless = Endless()
    stage.cast.on_llm_call = endless
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start()
        await endless.begun.wait()
        for _ in range(2):
            assert (await pause(handle)).paused
        for _ in range(2):
            assert not (await resume(handle)).paused
        await handle.result()
    assert kinds(stage) == [ReportPaused, ReportResumed, ReportCompleted]


async def test_other_systems_pause_and_resume_by_signal(stage: TimeSkippingStage) -> None:
    endless = Endless()
    stage.cast.on_llm_call = endless
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start()
        await endless.begun.wait()
        await handle.signal(PAUSE_UPDATE)
        await endless.stopped.wait()
        await handle.signal(RESUME_UPDATE)
        assert (await handle.result()).status is ReportStatus.COMPLETED
    assert kinds(stage) == [ReportPaused, ReportResumed, ReportCompleted]


async def test_a_pause_over_days_is_no_timeout(stage: TimeSkippingStage) -> None:
    endless = Endless()
    stage.cast.on_llm_call = endless
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start()
        await endless.begun.wait()
        await pause(handle)
        await endless.stopped.wait()
    await stage.environment.sleep(timedelta(days=30))
    assert (await stage.progress(handle)).paused
    await resume(handle)
    assert (await handle.result()).status is ReportStatus.COMPLETED


async def test_a_paused_report_can_be_cancelled_and_its_call_is_discarded(stage: TimeSkippingStage) -> None:
    endless = Endless()
    stage.cast.on_llm_call = endless
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start()
        await endless.begun.wait()
        await pause(handle)
        await endless.stopped.wait()
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as raised:
            await handle.result()

    assert isinstance(raised.value.cause, CancelledError)
    assert [key.revision for key in stage.cast.discarded] == [1]
    assert kinds(stage) == [ReportPaused, ReportCancelled]
    assert (stage.cast.records[-1].status, stage.cast.records[-1].paused) == (ReportStatus.CANCELLED, False)


async def test_the_review_clock_stands_still_while_paused(stage: TimeSkippingStage) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start(ReportMode.REVIEW)
        await stage.until_waiting(handle, 1)
    await stage.environment.sleep(REVIEW_TIMEOUT - timedelta(days=1))
    with stage.environment.auto_time_skipping_disabled():
        assert (await stage.progress(handle)).review_until is not None
        assert (await pause(handle)).paused
        await stage.until(handle, lambda progress: progress.review_until is None)
    await stage.environment.sleep(timedelta(days=30))
    now = await stage.environment.get_current_time()
    with stage.environment.auto_time_skipping_disabled():
        await resume(handle)
        progress = await stage.until(handle, lambda progress: progress.review_until is not None)
    assert progress.review_until is not None
    left = progress.review_until - now
    assert timedelta(hours=23) < left <= timedelta(days=1, minutes=1)
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert stage.cast.records[-1].failure is not None
    assert stage.cast.records[-1].failure.code is FailureCode.REVIEW_TIMED_OUT


async def test_a_decision_counts_while_paused_and_its_work_begins_when_resumed(
    stage: TimeSkippingStage,
) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start(ReportMode.REVIEW)
        await stage.until_waiting(handle, 1)
        await pause(handle)
        decision = Decision(revision=1, decision=DecisionKind.APPROVE)
        await handle.execute_update(SUBMIT_DECISION_UPDATE, decision, result_type=ReportProgress)
        waiting = await stage.until(handle, lambda progress: progress.step is Step.CREATE_PDF)
        assert waiting.paused
        assert stage.cast.documents == []
        await resume(handle)
        assert (await handle.result()).status is ReportStatus.COMPLETED
    assert kinds(stage) == [ReportDraftReady, ReportPaused, ReportResumed, ReportCompleted]


async def test_a_report_that_ends_is_not_paused(stage: TimeSkippingStage) -> None:
    storing, go_on = asyncio.Event(), asyncio.Event()

    async def wait_at_the_end() -> None:
        if stage.cast.documents:
            storing.set()
            await go_on.wait()

    stage.cast.on_store = wait_at_the_end
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start()
        await storing.wait()
        with pytest.raises(WorkflowUpdateFailedError) as raised:
            await pause(handle)
        await handle.signal(PAUSE_UPDATE)
        go_on.set()
        assert (await handle.result()).status is ReportStatus.COMPLETED
    assert isinstance(raised.value.cause, ApplicationError)
    assert raised.value.cause.type == REPORT_IS_ENDING
    assert kinds(stage) == [ReportCompleted]


async def test_a_step_that_is_done_before_it_hears_of_the_pause_is_not_done_again(
    stage: TimeSkippingStage,
) -> None:
    writing, go_on = asyncio.Event(), asyncio.Event()

    async def answer_late() -> None:
        writing.set()
        await go_on.wait()

    stage.cast.on_llm_call = answer_late
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start()
        await writing.wait()
        await pause(handle)
        go_on.set()
        await stage.until(handle, lambda progress: progress.step is Step.CREATE_PDF)
        await resume(handle)
        await handle.result()
    assert len(stage.cast.calls) == 1
