"""Every step has an end, and a report that comes to it fails by a name that says which step it was."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError

from contracts.events import ReportFailed
from contracts.failures import FailureCode
from contracts.reports import ReportStatus, Step
from orchestrator import policies
from tests.workflows.stage import Cast, Handle, Script, TimeSkippingStage

NAMED = {FailureCode.STEP_TIMED_OUT, FailureCode.INTERNAL_ERROR}


async def be_away() -> None:
    raise ConnectionError("away for good")


async def be_away_for_half_an_hour_at_a_time() -> None:
    # A provider says so by Retry-After; at the policy's own pace this would be some 360 attempts.
    raise ApplicationError("away for good", next_retry_delay=timedelta(minutes=30))


async def failure_of(handle: Handle) -> ApplicationError:
    with pytest.raises(WorkflowFailureError) as raised:
        await handle.result()
    assert isinstance(raised.value.cause, ApplicationError)
    return raised.value.cause


@pytest.mark.parametrize(
    ("step", "away", "at_least", "at_most"),
    [
        (
            Step.LLM_CALL,
            be_away_for_half_an_hour_at_a_time,
            timedelta(hours=5, minutes=28),
            policies.LLM_CALL.schedule_to_close,
        ),
        # Twenty attempts, and half a minute between most of them.
        (Step.CREATE_PDF, be_away, timedelta(minutes=6), timedelta(minutes=8)),
    ],
)
async def test_a_step_that_never_succeeds_ends_the_report(
    stage: TimeSkippingStage, step: Step, away: Script, at_least: timedelta, at_most: timedelta
) -> None:
    setattr(stage.cast, f"on_{step}", away)
    handle = await stage.start()
    failure = await failure_of(handle)

    assert failure.type in NAMED
    assert step in failure.message
    record = stage.cast.records[-1]
    assert record.status is ReportStatus.FAILED
    assert record.failure is not None
    assert (record.failure.step, record.failure.code) == (step, failure.type)
    assert record.finished_at is not None
    assert record.started_at is not None
    assert at_least <= record.finished_at - record.started_at <= at_most + timedelta(minutes=1)
    (notification,) = stage.cast.notifications
    assert isinstance(notification.event, ReportFailed)
    assert len(stage.cast.discarded) == (step is Step.LLM_CALL)


async def be_away_until_tomorrow() -> None:
    # A try a day: at the policy's own pace the test server would be asked fifty thousand times.
    raise ApplicationError("away", next_retry_delay=timedelta(days=1))


def away_store(cast: Cast) -> None:
    cast.on_store = be_away_until_tomorrow


def away_bus(cast: Cast) -> None:
    cast.on_send = be_away_until_tomorrow


@pytest.mark.parametrize(
    ("go_away", "step"), [(away_store, Step.STORE_REPORT_METADATA), (away_bus, Step.SEND_NOTIFICATION)]
)
async def test_a_store_or_a_bus_that_stays_away_for_days_ends_the_workflow_by_name(
    stage: TimeSkippingStage, go_away: Callable[[Cast], None], step: Step
) -> None:
    """What is left undone then, the sweep does when it finds the row or the workflow."""
    go_away(stage.cast)
    began = await stage.environment.get_current_time()
    failure = await failure_of(await stage.start())
    lasted = await stage.environment.get_current_time() - began

    assert failure.type in NAMED
    assert step in failure.message
    assert lasted >= policies.STORE_REPORT_METADATA.schedule_to_close - timedelta(days=1)


async def test_a_call_that_cannot_be_discarded_holds_the_end_up_for_seconds_only(
    stage: TimeSkippingStage,
) -> None:
    stage.cast.on_discard = be_away
    stage.cast.on_llm_call = refuse
    failure = await failure_of(await stage.start())
    assert failure.type == FailureCode.MODEL_NOT_FOUND
    record = stage.cast.records[-1]
    assert record.finished_at is not None
    assert stage.cast.notifications[-1].occurred_at - record.finished_at < timedelta(seconds=11)


async def refuse() -> None:
    raise ApplicationError("no such model", type=FailureCode.MODEL_NOT_FOUND, non_retryable=True)
