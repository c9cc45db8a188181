"""What the orchestrator counts, as the catalogue has it."""

from runtime.metrics.catalogue.queues import (
    CONSUMER_ACK_PENDING,
    CONSUMER_PENDING,
    CONSUMER_REDELIVERED,
    STREAM_BYTES,
    STREAM_MESSAGES,
    TASK_BACKLOG,
    TASK_BACKLOG_AGE,
    TASK_POLLERS,
)
from runtime.metrics.catalogue.reports import (
    FINDINGS,
    INTAKE_LAG,
    INTAKE_MESSAGES,
    LAST_SWEEP,
    OLDEST_OPEN,
    REPORT_DURATION,
    REPORTS_FAILED,
    REPORTS_FINISHED,
    REPORTS_OPEN,
    SIGNS_LOST,
    STEP_DURATION,
)

__all__ = [
    "CONSUMER_ACK_PENDING",
    "CONSUMER_PENDING",
    "CONSUMER_REDELIVERED",
    "FINDINGS",
    "INTAKE_LAG",
    "INTAKE_MESSAGES",
    "LAST_SWEEP",
    "OLDEST_OPEN",
    "REPORTS_FAILED",
    "REPORTS_FINISHED",
    "REPORTS_OPEN",
    "REPORT_DURATION",
    "SIGNS_LOST",
    "STEP_DURATION",
    "STREAM_BYTES",
    "STREAM_MESSAGES",
    "TASK_BACKLOG",
    "TASK_BACKLOG_AGE",
    "TASK_POLLERS",
]
