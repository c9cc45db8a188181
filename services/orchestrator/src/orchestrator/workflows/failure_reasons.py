"""From the exception that ended a step to the failure that people read."""

from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.exceptions import TimeoutError as StepTimeoutError

from contracts.failures import Failure, FailureCode

_CODES = {code.value for code in FailureCode}


def failure_of(error: BaseException) -> Failure:
    """Name why a report failed: by the innermost error that carries a failure code."""
    step = error.activity_type if isinstance(error, ActivityError) else None
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, ApplicationError) and cause.type in _CODES:
            return Failure(code=FailureCode(cause.type), message=cause.message, step=step)
    if any(isinstance(cause, StepTimeoutError) for cause in chain):
        return Failure(
            code=FailureCode.STEP_TIMED_OUT,
            message=f"The step {step} did not finish in the time it is given. Ask again later.",
            step=step,
        )
    return Failure(
        code=FailureCode.INTERNAL_ERROR,
        message=f"The step {step} failed for a reason of our own; the workflow's history has the details.",
        step=step,
    )


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None:
        chain.append(current)
        current = current.__cause__
    return chain
