"""What a running report waits for, as its pending activities tell."""

from datetime import UTC, datetime

from pydantic import BaseModel
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo

from contracts.failures import FailureCode
from contracts.reports import Step

_CODES = {code.value for code in FailureCode}


class Wait(BaseModel):
    """A step that does not go on at the moment; `until` is when it is tried again, if that is known."""

    step: str
    reason: str
    attempt: int
    until: datetime | None = None


def first_wait(pending: list[PendingActivityInfo]) -> Wait | None:
    """Name the wait of the first step that has one; None while everything is at work."""
    steps = {step.value for step in Step}
    waits = (_wait(activity) for activity in pending if activity.activity_type.name in steps)
    return next((wait for wait in waits if wait is not None), None)


def _wait(activity: PendingActivityInfo) -> Wait | None:
    if activity.state != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED:
        return None
    step = activity.activity_type.name
    if activity.attempt > 1:
        until = activity.next_attempt_schedule_time.ToDatetime(tzinfo=UTC)
        return Wait(
            step=step,
            reason=_reason(activity),
            attempt=activity.attempt,
            until=until if until > datetime.now(UTC) else None,
        )
    return Wait(step=step, reason=f"No worker has taken {step} yet.", attempt=1)


def _reason(activity: PendingActivityInfo) -> str:
    failure = activity.last_failure
    # Only failures of our own naming are written for people; others may tell of the inside.
    if failure.application_failure_info.type in _CODES:
        return failure.message
    return f"{activity.activity_type.name} did not succeed yet; it is tried again."
