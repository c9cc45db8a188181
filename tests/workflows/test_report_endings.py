"""However a report ends, the ending is stored once, announced once, and in that order."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Replayer

from contracts.events import (
    ReportCancelled,
    ReportCompleted,
    ReportDraftReady,
    ReportFailed,
    ReportStarted,
)
from contracts.failures import FailureCode
from contracts.reports import ReportMode, ReportStatus, Step, StepState
from orchestrator.workflows.generate_report import GenerateReportWorkflow
from tests.workflows.stage import Endless, TimeSkippingStage


async def test_a_report_is_written_rendered_stored_and_announced(stage: TimeSkippingStage) -> None:
    handle = await stage.start()
    outcome = await handle.result()

    assert outcome.status is ReportStatus.COMPLETED
    assert [record.status for record in stage.cast.records] == [
        ReportStatus.RUNNING,
        ReportStatus.COMPLETED,
    ]
    completed = stage.cast.records[-1]
    assert (completed.title, completed.pages, str(completed.cost_usd)) == ("The Aral Sea", 3, "0.25")
    assert completed.finished_at is not None
    (notification,) = stage.cast.notifications
    assert isinstance(notification.event, ReportCompleted)
    assert notification.event_id == f"{handle.id}.completed"
    assert notification.event.usage.output_tokens == 100


async def test_watchers_hear_of_every_step_in_order(stage: TimeSkippingStage) -> None:
    handle = await stage.start()
    await handle.result()

    assert isinstance(stage.cast.signs[0].event, ReportStarted)
    steps = [sign.event.progress.step for sign in stage.cast.signs]
    assert steps == [Step.LLM_CALL, Step.CREATE_PDF, Step.STORE_REPORT_METADATA]
    assert len({sign.event_id for sign in stage.cast.signs}) == 3
    progress = await stage.progress(handle)
    assert progress.status is ReportStatus.COMPLETED
    assert {step.state for step in progress.steps} == {StepState.DONE}


async def test_a_refused_call_ends_the_report_with_its_code(stage: TimeSkippingStage) -> None:
    async def refuse() -> None:
        raise ApplicationError(
            "The provider does not accept the API key.",
            type=FailureCode.PROVIDER_REJECTED_KEY,
            non_retryable=True,
        )

    stage.cast.on_llm_call = refuse
    handle = await stage.start()
    with pytest.raises(WorkflowFailureError) as raised:
        await handle.result()

    assert isinstance(raised.value.cause, ApplicationError)
    assert raised.value.cause.type == FailureCode.PROVIDER_REJECTED_KEY
    failed = stage.cast.records[-1]
    assert failed.status is ReportStatus.FAILED
    assert failed.failure is not None
    assert failed.failure.step == Step.LLM_CALL
    (notification,) = stage.cast.notifications
    assert isinstance(notification.event, ReportFailed)
    assert notification.event.failure == failed.failure
    assert (await stage.progress(handle)).status is ReportStatus.FAILED


async def test_a_passing_fault_is_tried_again(stage: TimeSkippingStage) -> None:
    attempts = 0

    async def fail_twice() -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ApplicationError("busy", type=FailureCode.PROVIDER_UNAVAILABLE)

    stage.cast.on_llm_call = fail_twice
    handle = await stage.start()

    assert (await handle.result()).status is ReportStatus.COMPLETED
    assert attempts == 3


async def test_a_provider_that_stays_away_ends_the_report_by_its_own_name(stage: TimeSkippingStage) -> None:
    async def stay_away() -> None:
        raise ApplicationError(
            "no route", type=FailureCode.PROVIDER_UNAVAILABLE, next_retry_delay=timedelta(hours=1)
        )

    stage.cast.on_llm_call = stay_away
    handle = await stage.start()
    with pytest.raises(WorkflowFailureError):
        await handle.result()

    failure = stage.cast.records[-1].failure
    assert failure is not None
    assert (failure.code, failure.step) == (FailureCode.PROVIDER_UNAVAILABLE, Step.LLM_CALL)


async def test_a_database_that_is_down_for_minutes_only_delays(stage: TimeSkippingStage) -> None:
    down_until = await stage.environment.get_current_time() + timedelta(minutes=10)

    async def refuse_while_down() -> None:
        if await stage.environment.get_current_time() < down_until:
            raise ConnectionError("the database is away")

    stage.cast.on_store = refuse_while_down
    handle = await stage.start()

    assert (await handle.result()).status is ReportStatus.COMPLETED
    assert [record.status for record in stage.cast.records] == [
        ReportStatus.RUNNING,
        ReportStatus.COMPLETED,
    ]
    assert len(stage.cast.notifications) == 1


async def test_signs_of_life_that_cannot_be_told_do_not_stop_a_report(stage: TimeSkippingStage) -> None:
    stage.cast.deaf = True
    handle = await stage.start()

    assert (await handle.result()).status is ReportStatus.COMPLETED
    assert stage.cast.signs == []


async def test_a_replay_gives_no_sign_of_life(stage: TimeSkippingStage) -> None:
    handle = await stage.start()
    await handle.result()
    told = len(stage.cast.signs)
    replayer = Replayer(workflows=[GenerateReportWorkflow], data_converter=pydantic_data_converter)
    await replayer.replay_workflow(await handle.fetch_history())
    assert len(stage.cast.signs) == told


@pytest.mark.parametrize("step", [Step.LLM_CALL, Step.REVIEW, Step.CREATE_PDF])
async def test_a_cancelled_report_is_stopped_stored_and_announced(
    stage: TimeSkippingStage, step: Step
) -> None:
    endless = Endless()
    if step is not Step.REVIEW:
        setattr(stage.cast, f"on_{step}", endless)
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start(ReportMode.REVIEW if step is Step.REVIEW else ReportMode.AUTO)
        if step is Step.REVIEW:
            await stage.until_waiting(handle, 1)
        else:
            await endless.begun.wait()
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as raised:
            await handle.result()

    assert isinstance(raised.value.cause, CancelledError)
    assert endless.stopped.is_set() == (step is not Step.REVIEW)
    assert len(stage.cast.discarded) == (step is Step.LLM_CALL)
    assert stage.cast.records[-1].status is ReportStatus.CANCELLED
    endings = [n.event for n in stage.cast.notifications if not isinstance(n.event, ReportDraftReady)]
    assert [type(event) for event in endings] == [ReportCancelled]
    states = {progress.name: progress.state for progress in (await stage.progress(handle)).steps}
    assert states[step] is StepState.CANCELLED


async def test_a_cancellation_after_the_work_is_done_does_not_undo_it(stage: TimeSkippingStage) -> None:
    storing = asyncio.Event()
    go_on = asyncio.Event()

    async def wait_at_the_end() -> None:
        if len(stage.cast.documents) == 1:
            storing.set()
            await go_on.wait()

    stage.cast.on_store = wait_at_the_end
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start()
        await storing.wait()
        await handle.cancel()
        go_on.set()
        outcome = await handle.result()

    assert outcome.status is ReportStatus.COMPLETED
    (notification,) = stage.cast.notifications
    assert isinstance(notification.event, ReportCompleted)
