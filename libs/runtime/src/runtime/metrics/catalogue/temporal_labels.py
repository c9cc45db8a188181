"""The values that labels of the SDK's metrics may have, and which of them each process can have."""

from collections.abc import Mapping, Sequence

from contracts.activities.acceptance import ACCEPT_BATCH_PART, ACCEPT_DUE_REPORT
from contracts.activities.batches import ANNOUNCE_BATCH, ARCHIVE_BATCH, STORE_BATCH
from contracts.activities.llm import DISCARD_LLM_CALL
from contracts.batches import REPORT_BATCH_WORKFLOW
from contracts.reports import Step
from contracts.schedules import SCHEDULED_REPORT_WORKFLOW
from contracts.task_queues import TaskQueue
from contracts.workflows import GENERATE_REPORT_WORKFLOW, RENDER_REPORT_WORKFLOW
from runtime.metrics.definitions import OTHER, Label, Process

# Where the SDK does not say which; a label is never left out.
NONE = "none"
OPERATIONS = (
    "CountWorkflowExecutions",
    "CreateSchedule",
    "DeleteSchedule",
    "DescribeNamespace",
    "DescribeSchedule",
    "DescribeTaskQueue",
    "DescribeWorkflowExecution",
    "GetSystemInfo",
    "GetWorkflowExecutionHistory",
    "ListSchedules",
    "ListWorkflowExecutions",
    "PatchSchedule",
    "PollActivityTaskQueue",
    "PollNexusTaskQueue",
    "PollWorkflowExecutionUpdate",
    "PollWorkflowTaskQueue",
    "QueryWorkflow",
    "RecordActivityTaskHeartbeat",
    "RecordWorkerHeartbeat",
    "RequestCancelWorkflowExecution",
    "RespondActivityTaskCanceled",
    "RespondActivityTaskCompleted",
    "RespondActivityTaskFailed",
    "RespondQueryTaskCompleted",
    "RespondWorkflowTaskCompleted",
    "RespondWorkflowTaskFailed",
    "ShutdownWorker",
    "SignalWithStartWorkflowExecution",
    "SignalWorkflowExecution",
    "StartWorkflowExecution",
    "TerminateWorkflowExecution",
    "UpdateSchedule",
    "UpdateWorkflowExecution",
    OTHER,
)
STATUS_CODES = (
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
    "TRANSPORT_ERROR",
    NONE,
)
REPORT_WORKFLOWS = (
    GENERATE_REPORT_WORKFLOW,
    RENDER_REPORT_WORKFLOW,
    SCHEDULED_REPORT_WORKFLOW,
    REPORT_BATCH_WORKFLOW,
    "ReconcileReportsWorkflow",
)
WEBHOOK_WORKFLOWS = ("DeliverWebhookWorkflow",)
WORKFLOW_TYPES = (*REPORT_WORKFLOWS, *WEBHOOK_WORKFLOWS)
LLM_ACTIVITIES = (Step.LLM_CALL.value, DISCARD_LLM_CALL)
METADATA_ACTIVITIES = (
    Step.STORE_REPORT_METADATA.value,
    ACCEPT_DUE_REPORT,
    ACCEPT_BATCH_PART,
    STORE_BATCH,
    ARCHIVE_BATCH,
    ANNOUNCE_BATCH,
    "reconcile_reports",
)
WEBHOOK_ACTIVITIES = ("deliver_webhook", "record_delivery")
ACTIVITY_TYPES = (
    *LLM_ACTIVITIES,
    Step.CREATE_PDF.value,
    *METADATA_ACTIVITIES,
    Step.SEND_NOTIFICATION.value,
    *WEBHOOK_ACTIVITIES,
)
FAILURE_REASONS = (
    "NonDeterminismError",
    "WorkflowError",
    "GrpcMessageTooLarge",
    "PayloadsTooLarge",
    "ActivityError",
    "timeout",
    OTHER,
    NONE,
)

QUEUE = Label("task_queue", TaskQueue)
WORKFLOW = Label("workflow_type", WORKFLOW_TYPES)
ACTIVITY = Label("activity_type", ACTIVITY_TYPES)
OPERATION = Label("operation", OPERATIONS)
STATUS = Label("status_code", STATUS_CODES)
REASON = Label("failure_reason", FAILURE_REASONS)
WORKER_TYPE = Label("worker_type", ("WorkflowWorker", "ActivityWorker", "LocalActivityWorker", "NexusWorker"))
POLLER_TYPE = Label("poller_type", ("workflow_task", "sticky_workflow_task", "activity_task", "nexus_task"))

# Upper bounds, in seconds, for what answers at once.
SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

SERVED: Mapping[Process, Mapping[str, Sequence[str]]] = {
    Process.WORKFLOWS: {"task_queue": [TaskQueue.REPORTS], "workflow_type": REPORT_WORKFLOWS},
    Process.METADATA: {"task_queue": [TaskQueue.METADATA], "activity_type": METADATA_ACTIVITIES},
    Process.LLM_WORKER: {
        "task_queue": [TaskQueue.LLM, TaskQueue.LLM_CONTROL],
        "activity_type": LLM_ACTIVITIES,
    },
    Process.PDF_WORKER: {"task_queue": [TaskQueue.PDF], "activity_type": [Step.CREATE_PDF]},
    Process.ANNOUNCER: {
        "task_queue": [TaskQueue.NOTIFICATION],
        "activity_type": [Step.SEND_NOTIFICATION],
    },
    Process.DISPATCHER: {
        "task_queue": [TaskQueue.WEBHOOKS],
        "workflow_type": WEBHOOK_WORKFLOWS,
        "activity_type": WEBHOOK_ACTIVITIES,
    },
}
