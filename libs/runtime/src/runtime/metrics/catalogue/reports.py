"""The orchestrator: requests that become workflows, reports and how they end, what the sweep finds."""

from contracts.failures import FailureCode
from contracts.reports import ReportMode, ReportStatus, Step
from runtime.metrics.definitions import Counter, Gauge, Histogram, Label, Process

INTAKE = (Process.INTAKE,)
WORKFLOWS = (Process.WORKFLOWS,)
METADATA = (Process.METADATA,)

ENDINGS = tuple(status.value for status in ReportStatus if status.is_terminal)
OPEN_STATES = (*(status.value for status in ReportStatus if not status.is_terminal), "PAUSED")
MODE = Label("mode", ReportMode)

INTAKE_MESSAGES = Counter(
    "intake_messages_total",
    "Requests and batches taken from the bus: `started` a workflow, `repeated` what had ended, `rejected` "
    "to the dead letters, `postponed` because of an outage, `failed` for a fault of our own (comes again).",
    unit="messages",
    by=INTAKE,
    labels=(Label("outcome", ("started", "repeated", "rejected", "postponed", "failed")),),
)
INTAKE_LAG = Histogram(
    "intake_message_age_seconds",
    "Age of a request, from the bus holding it to Temporal having its workflow.",
    unit="seconds",
    by=INTAKE,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)
REPORTS_FINISHED = Counter(
    "reports_finished_total",
    "Reports whose ending was recorded.",
    unit="reports",
    by=METADATA,
    labels=(Label("status", ENDINGS), MODE),
)
REPORTS_FAILED = Counter(
    "reports_failed_total",
    "Reports that ended as FAILED, by the reason that people are told.",
    unit="reports",
    by=METADATA,
    labels=(Label("failure_code", FailureCode),),
)
REPORT_DURATION = Histogram(
    "report_duration_seconds",
    "From the bus holding the request to the report's ending being recorded; with `mode=review` a person's "
    "thinking is part of it.",
    unit="seconds",
    by=METADATA,
    labels=(Label("status", ENDINGS), MODE),
    buckets=(0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 21600, 86400, 604800),
)
REPORTS_OPEN = Gauge(
    "reports_open",
    "Reports that have begun and not ended, as the database has them; PAUSED, whatever they were doing.",
    unit="reports",
    by=METADATA,
    labels=(Label("status", OPEN_STATES),),
)
OLDEST_OPEN = Gauge(
    "reports_open_oldest_age_seconds",
    "Age of the oldest of `reports_open` since it was accepted; 0 without one.",
    unit="seconds",
    by=METADATA,
    labels=REPORTS_OPEN.label_set,
)
STEP_DURATION = Histogram(
    "report_step_duration_seconds",
    "How long a report was in a step that a later one followed, with all attempts and waits of it.",
    unit="seconds",
    by=WORKFLOWS,
    labels=(Label("step", [Step.LLM_CALL, Step.REVIEW, Step.CREATE_PDF]),),
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640, 3600, 86400),
)
SIGNS_LOST = Counter(
    "report_signs_of_life_lost_total",
    "Progress events that the bus did not take; the next one tells the same.",
    unit="events",
    by=WORKFLOWS,
)
FINDINGS = Counter(
    "reconciliation_findings_total",
    "What the periodic sweep found between the bus, Temporal, the database and the artifact store.",
    unit="findings",
    by=METADATA,
    labels=(
        Label(
            "finding",
            (
                "request_without_workflow",
                "row_without_ending",
                "row_without_workflow",
                "artifacts_without_row",
            ),
        ),
    ),
)
LAST_SWEEP = Gauge(
    "reconciliation_last_success_timestamp_seconds",
    "When this process last finished a sweep, as Unix time; 0 if it has not.",
    unit="seconds",
    by=METADATA,
)

METRICS = (
    INTAKE_MESSAGES,
    INTAKE_LAG,
    REPORTS_FINISHED,
    REPORTS_FAILED,
    REPORT_DURATION,
    REPORTS_OPEN,
    OLDEST_OPEN,
    STEP_DURATION,
    SIGNS_LOST,
    FINDINGS,
    LAST_SWEEP,
)
