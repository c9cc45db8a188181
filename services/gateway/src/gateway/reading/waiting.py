"""What a running report waits for, as its pending activities tell."""

from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import BaseModel, Field, ValidationError
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.converter import DataConverter

from contracts.activities.waiting import HeartbeatNote, WaitsFor
from contracts.failures import FailureCode
from contracts.reports import Step

_CODES = {code.value for code in FailureCode}
_STEPS = {step.value for step in Step}


class Wait(BaseModel):
    """A step that does not go on at the moment; `until` is when it is tried again, if that is known."""

    step: str
    reason: str
    attempt: int
    until: datetime | None = None


class Underway(BaseModel):
    """What the steps that are being worked on tell: what is waited for, and which attempt each is at."""

    waiting_for: Wait | None = None
    attempts: dict[str, int] = Field(default_factory=dict)


async def underway(pending: Iterable[PendingActivityInfo], converter: DataConverter) -> Underway:
    """Read what a report's pending activities tell."""
    steps = [activity for activity in pending if activity.activity_type.name in _STEPS]
    attempts = {activity.activity_type.name: activity.attempt for activity in steps}
    return Underway(waiting_for=await first_wait(steps, converter), attempts=attempts)


async def first_wait(pending: Iterable[PendingActivityInfo], converter: DataConverter) -> Wait | None:
    """Name the wait of the first step that has one; None while everything is at work."""
    for activity in pending:
        if activity.activity_type.name in _STEPS and (wait := await _wait(activity, converter)):
            return wait
    return None


async def _wait(activity: PendingActivityInfo, converter: DataConverter) -> Wait | None:
    step = activity.activity_type.name
    if activity.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED:
        waits_for = await _noted(activity, converter)
        reason = f"The {waits_for} does not answer; the work goes on as soon as it does."
        return Wait(step=step, reason=reason, attempt=activity.attempt) if waits_for else None
    if activity.attempt > 1:
        until = activity.next_attempt_schedule_time.ToDatetime(tzinfo=UTC)
        return Wait(
            step=step,
            reason=_reason(activity),
            attempt=activity.attempt,
            until=until if until > datetime.now(UTC) else None,
        )
    return Wait(step=step, reason=f"No worker has taken {step} yet.", attempt=1)


async def _noted(activity: PendingActivityInfo, converter: DataConverter) -> WaitsFor | None:
    details = activity.heartbeat_details.payloads
    if not details:
        return None
    try:
        (note,) = await converter.decode(details[:1], [HeartbeatNote])
    except (ValidationError, RuntimeError):
        # Details that are not meant for others.
        return None
    return HeartbeatNote.model_validate(note).waiting_for


def _reason(activity: PendingActivityInfo) -> str:
    failure = activity.last_failure
    # Only failures of our own naming are written for people; others may tell of the inside.
    if failure.application_failure_info.type in _CODES:
        return failure.message
    return f"{activity.activity_type.name} did not succeed yet; it is tried again."
