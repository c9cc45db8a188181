"""What the time-skipping server does not do as the real one does: retries after a cancellation, fairness."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError

from contracts.failures import FailureCode
from contracts.reports import ReportProgress, ReportStatus
from contracts.workflows import PAUSE_UPDATE, RESUME_UPDATE
from tests.workflows.server import staged_for_real
from tests.workflows.stage import Handle, Stage

HOUR = timedelta(hours=1)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged_for_real(llm_slots=1) as ready:
        yield ready


async def test_one_report_of_one_person_does_not_wait_behind_twenty_of_another(stage: Stage) -> None:
    """The worker has one slot; the server gives it in turns, as the local stack is set up to do."""
    begun, go_on, order = asyncio.Event(), asyncio.Event(), []

    async def take_notes() -> None:
        begun.set()
        await go_on.wait()
        order.append(activity.info().priority.fairness_key)

    stage.cast.on_llm_call = take_notes
    many = [await stage.start(requested_by="busy")]
    await begun.wait()
    many += [await stage.start(requested_by="busy") for _ in range(19)]
    await asyncio.gather(*(stage.until_scheduled(handle) for handle in many))
    one = await stage.start(requested_by="rare")
    await stage.until_scheduled(one)
    go_on.set()
    await asyncio.gather(*(handle.result() for handle in [*many, one]))
    assert len(order) == 21
    # Behind the one that ran, the one that the worker had asked for already, and a turn of the other's.
    assert order.index("default/rare") <= 3


async def pause(handle: Handle) -> None:
    await handle.execute_update(PAUSE_UPDATE, result_type=ReportProgress)


async def cancel(handle: Handle) -> None:
    await handle.cancel()


async def until_asked_to_stop(handle: Handle) -> None:
    async for event in handle.fetch_history_events(wait_new_event=True):
        if event.HasField("activity_task_cancel_requested_event_attributes"):
            return


@pytest.mark.parametrize("stop", [pause, cancel])
async def test_a_worker_that_fails_while_it_is_stopped_does_not_fail_the_report(
    stage: Stage, stop: Callable[[Handle], Awaitable[None]]
) -> None:
    writing, go_on = asyncio.Event(), asyncio.Event()

    async def fail_when_stopped() -> None:
        if not writing.is_set():
            writing.set()
            await go_on.wait()
            raise ApplicationError("the stream broke", type=FailureCode.PROVIDER_UNAVAILABLE)

    stage.cast.on_llm_call = fail_when_stopped
    handle = await stage.start()
    await writing.wait()
    await stop(handle)
    await until_asked_to_stop(handle)
    go_on.set()
    if stop is pause:
        await handle.execute_update(RESUME_UPDATE, result_type=ReportProgress)
        assert (await handle.result()).status is ReportStatus.COMPLETED
        assert len(stage.cast.calls) == 1
    else:
        with pytest.raises(WorkflowFailureError) as raised:
            await handle.result()
        assert isinstance(raised.value.cause, CancelledError)
        assert stage.cast.calls == []
        assert len(stage.cast.discarded) == 1


async def test_a_report_that_waits_for_its_next_try_is_stopped_at_once(stage: Stage) -> None:
    tried = asyncio.Event()

    async def be_refused() -> None:
        tried.set()
        if activity.info().attempt > 1:
            raise AssertionError("tried again")
        raise ApplicationError("wait", type=FailureCode.PROVIDER_RATE_LIMITED, next_retry_delay=HOUR)

    stage.cast.on_llm_call = be_refused
    handle = await stage.start()
    await tried.wait()
    await handle.cancel()
    with pytest.raises(WorkflowFailureError) as raised:
        await handle.result()
    assert isinstance(raised.value.cause, CancelledError)
    assert stage.cast.records[-1].status is ReportStatus.CANCELLED
    assert len(stage.cast.discarded) == 1
