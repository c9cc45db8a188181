"""Timeouts and retries of webhook deliveries, each with its name."""

from datetime import timedelta

from temporalio.common import RetryPolicy

# The pauses after each failed attempt, as Standard Webhooks suggests: over three days in all.
RETRY_SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# An endpoint may ask for a longer pause, but not for any pause.
LONGEST_RETRY_AFTER = timedelta(hours=24)

# One HTTP attempt, from name resolution to the end of the answer.
ATTEMPT_TIMEOUT = timedelta(seconds=15)

# What the endpoint answers is a result; these retries are for our own database and workers.
DELIVER_TIMEOUT = timedelta(seconds=30)
# A worker that died in the middle of an attempt is noticed after this.
DELIVER_HEARTBEAT_TIMEOUT = timedelta(seconds=5)
RECORD_TIMEOUT = timedelta(seconds=5)
OUTAGE_TIMEOUT = timedelta(days=7)
OUTAGE_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(seconds=30)
)

# An event that breaks the code itself is given up after so many deliveries, some minutes in all.
MAX_UNEXPECTED_FAILURES = 10
# An event whose deliveries cannot be started now: doubled each time, up to the longest.
LONGEST_POSTPONEMENT = timedelta(minutes=2)


def postponement(deliveries: int) -> timedelta:
    """Say how long to wait before a message that was delivered so many times comes again."""
    doublings = min(deliveries - 1, 20)
    return min(timedelta(seconds=1 << doublings), LONGEST_POSTPONEMENT)
