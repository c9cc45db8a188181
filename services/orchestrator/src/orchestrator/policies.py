"""How long each step may take and how it is tried again, as the report workflow wants it.

`start_to_close` bounds one attempt, `schedule_to_close` the step with all its attempts and waits. A worker
that died is noticed after `heartbeat` where the step sends heartbeats, else after `start_to_close`. A step
that can be paused waits for the end of what it cancels: two of it never run at once.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType

from contracts.task_queues import TaskQueue

MAX_REVISIONS = 10


class ActivityOptions(TypedDict):
    """The keyword arguments of `workflow.execute_activity_method`."""

    task_queue: str
    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    heartbeat_timeout: timedelta | None
    retry_policy: RetryPolicy
    cancellation_type: ActivityCancellationType


@dataclass(frozen=True, slots=True)
class StepPolicy:
    """One step's queue, time limits and retries."""

    queue: TaskQueue
    start_to_close: timedelta
    schedule_to_close: timedelta
    retry: RetryPolicy
    heartbeat: timedelta | None = None
    cancellation: ActivityCancellationType = ActivityCancellationType.TRY_CANCEL

    def options(self) -> ActivityOptions:
        """Give the policy as arguments of an activity call."""
        return {
            "task_queue": self.queue,
            "start_to_close_timeout": self.start_to_close,
            "schedule_to_close_timeout": self.schedule_to_close,
            "heartbeat_timeout": self.heartbeat,
            "retry_policy": self.retry,
            "cancellation_type": self.cancellation,
        }


# A provider may be away for an hour; asking again every minute costs nothing.
LLM_CALL = StepPolicy(
    queue=TaskQueue.LLM,
    start_to_close=timedelta(minutes=30),
    schedule_to_close=timedelta(hours=6),
    heartbeat=timedelta(seconds=5),
    cancellation=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(minutes=1)
    ),
)

# The ending waits for it, and the worker's own sweep does it in the end.
DISCARD_LLM_CALL = StepPolicy(
    queue=TaskQueue.LLM_CONTROL,
    start_to_close=timedelta(seconds=8),
    schedule_to_close=timedelta(seconds=10),
    retry=RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=3),
)

# Rendering is deterministic: what failed five times will not succeed, but a lost worker is replaced.
CREATE_PDF = StepPolicy(
    queue=TaskQueue.PDF,
    start_to_close=timedelta(minutes=3),
    schedule_to_close=timedelta(hours=6),
    heartbeat=timedelta(seconds=5),
    cancellation=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry=RetryPolicy(
        initial_interval=timedelta(milliseconds=500),
        maximum_interval=timedelta(seconds=30),
        maximum_attempts=20,
    ),
)

# The database or the bus may be away for long; a finished report waits for them.
_SMALL_WRITE_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=5),
)

STORE_REPORT_METADATA = StepPolicy(
    queue=TaskQueue.METADATA,
    start_to_close=timedelta(seconds=5),
    schedule_to_close=timedelta(days=3),
    retry=_SMALL_WRITE_RETRY,
)

SEND_NOTIFICATION = StepPolicy(
    queue=TaskQueue.NOTIFICATION,
    start_to_close=timedelta(seconds=5),
    schedule_to_close=timedelta(days=3),
    retry=_SMALL_WRITE_RETRY,
)

# A sweep that fails is not chased: the schedule starts the next one.
RECONCILE_REPORTS = StepPolicy(
    queue=TaskQueue.METADATA,
    start_to_close=timedelta(minutes=5),
    schedule_to_close=timedelta(minutes=10),
    retry=RetryPolicy(maximum_attempts=2),
)

# A run of a schedule and a batch wait for the bus, the store and the database as long as a report does.
ACCEPT = StepPolicy(
    queue=TaskQueue.METADATA,
    start_to_close=timedelta(seconds=30),
    schedule_to_close=timedelta(days=3),
    retry=_SMALL_WRITE_RETRY,
)
STORE_BATCH = STORE_REPORT_METADATA
ANNOUNCE_BATCH = StepPolicy(
    queue=TaskQueue.METADATA,
    start_to_close=timedelta(seconds=5),
    schedule_to_close=timedelta(days=3),
    retry=_SMALL_WRITE_RETRY,
)
ARCHIVE_BATCH = StepPolicy(
    queue=TaskQueue.METADATA,
    start_to_close=timedelta(minutes=30),
    schedule_to_close=timedelta(days=3),
    heartbeat=timedelta(seconds=10),
    retry=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
)

# Reports of one batch that are under way at once. A step's time limit runs while it waits for a worker: all
# 500 at once would wait for each other longer than a model's call may take.
BATCH_REPORTS_AT_ONCE = 50
# So many rows are read at a time: as many of the longest prompts fit a payload, however they are written.
BATCH_PART_ROWS = 10
REPORT_TASK_TIMEOUT = timedelta(seconds=3)
