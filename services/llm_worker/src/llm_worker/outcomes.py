"""From what goes wrong in a call to the failure that Temporal is to see."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from pydantic import ValidationError
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from contracts.failures import FailureCode
from llm_worker.interruption import HandedOverError
from llm_worker.metrics import ATTEMPTS, RETRIES, CallOutcome
from llm_worker.providers.faults import ProviderFaultError
from runtime.artifacts import CorruptArtifactError

HANDED_OVER = "handed_over"
# Zero would mean: after the policy's own interval.
AT_ONCE = timedelta(milliseconds=1)
LONGEST_SPREAD = timedelta(seconds=2)

log = structlog.get_logger(__name__)


@dataclass
class AttemptOutcome:
    """How an attempt has ended, and whether another follows."""

    value: CallOutcome | FailureCode = CallOutcome.ERROR
    is_retried: bool = False


@contextmanager
def outcome_counted() -> Iterator[AttemptOutcome]:
    """Turn what goes wrong into the failure that Temporal is to see, and count how the call ended."""
    outcome = AttemptOutcome()
    try:
        yield outcome
    except ProviderFaultError as fault:
        outcome.value = fault.code
        outcome.is_retried = fault.retryable
        log.warning("llm_call.failed", code=fault.code, retryable=fault.retryable, reason=str(fault))
        raise ApplicationError(
            str(fault),
            type=fault.code,
            non_retryable=not fault.retryable,
            next_retry_delay=_spread(fault.wait),
            # A wait that was asked for is no failure.
            category=ApplicationErrorCategory.BENIGN
            if fault.is_wait
            else ApplicationErrorCategory.UNSPECIFIED,
        ) from fault
    except HandedOverError as error:
        outcome.value = CallOutcome.HANDED_OVER
        outcome.is_retried = True
        raise ApplicationError(
            "The worker stops and hands the call over.",
            type=HANDED_OVER,
            next_retry_delay=AT_ONCE,
            category=ApplicationErrorCategory.BENIGN,
        ) from error
    except (CorruptArtifactError, ValidationError) as error:
        outcome.value = FailureCode.INTERNAL_ERROR
        raise ApplicationError(
            "A stored text of this report is damaged. Ask for the report again.",
            type=FailureCode.INTERNAL_ERROR,
            non_retryable=True,
        ) from error
    except asyncio.CancelledError:
        outcome.value = CallOutcome.CANCELLED
        raise
    finally:
        ATTEMPTS.labels(outcome=outcome.value).inc()
        if outcome.is_retried:
            RETRIES.labels(reason=outcome.value).inc()


def _spread(wait: timedelta | None) -> timedelta | None:
    # Those who wait for the same moment must not all come back in it.
    return None if wait is None else wait + random.random() * min(wait / 10, LONGEST_SPREAD)  # noqa: S311 - not a secret
