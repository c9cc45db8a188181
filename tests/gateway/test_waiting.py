"""The status of a report says what it waits for, in words for people, and nothing of the inside."""

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.contrib.pydantic import pydantic_data_converter

from contracts.failures import FailureCode
from gateway.reading.waiting import Wait, first_wait, underway

STARTED = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
SCHEDULED = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED


def pending(name: str, state: "PendingActivityState.ValueType", attempt: int = 1) -> PendingActivityInfo:
    activity = PendingActivityInfo(state=state, attempt=attempt)
    activity.activity_type.name = name
    return activity


async def waits(activity: PendingActivityInfo) -> Wait | None:
    return await first_wait([activity], pydantic_data_converter)


async def test_a_step_at_work_waits_for_nothing() -> None:
    assert await waits(pending("llm_call", STARTED)) is None


async def test_a_step_at_work_can_say_what_it_waits_for() -> None:
    activity = pending("llm_call", STARTED)
    details = await pydantic_data_converter.encode([{"waiting_for": "database", "call_id": None}])
    activity.heartbeat_details.payloads.extend(details)
    wait = await waits(activity)
    assert wait is not None
    assert wait.reason == "The database does not answer; the work goes on as soon as it does."


async def test_details_that_are_not_meant_for_others_are_passed_over() -> None:
    activity = pending("create_pdf", STARTED)
    activity.heartbeat_details.payloads.extend(await pydantic_data_converter.encode(["17 of 30"]))
    assert await waits(activity) is None


async def test_a_failure_of_our_own_naming_is_told() -> None:
    activity = pending("llm_call", SCHEDULED, attempt=2)
    activity.last_failure.message = "The model's provider asked us to wait 20 s."
    activity.last_failure.application_failure_info.type = FailureCode.PROVIDER_RATE_LIMITED
    wait = await waits(activity)
    assert wait is not None
    assert wait.reason == "The model's provider asked us to wait 20 s."


async def test_a_failure_of_another_kind_is_not_shown() -> None:
    activity = pending("store_report_metadata", SCHEDULED, attempt=3)
    activity.last_failure.message = "password authentication failed for user reports"
    wait = await waits(activity)
    assert wait is not None
    assert "password" not in wait.reason
    assert wait.attempt == 3


async def test_the_attempts_of_steps_are_told_and_nothing_of_other_activities() -> None:
    activities = [
        pending("store_report_metadata", STARTED),
        pending("llm_call", STARTED, attempt=3),
        pending("discard", SCHEDULED, attempt=7),
    ]
    told = await underway(activities, pydantic_data_converter)
    assert told.attempts == {"store_report_metadata": 1, "llm_call": 3}
    assert told.waiting_for is None


async def test_a_step_without_a_worker_says_so() -> None:
    wait = await waits(pending("create_pdf", SCHEDULED))
    assert wait is not None
    assert "No worker has taken create_pdf" in wait.reason
