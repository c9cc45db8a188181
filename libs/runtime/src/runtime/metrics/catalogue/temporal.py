"""What Temporal's SDK measures in every process; a name is the SDK's own and its unit."""

from runtime.metrics.catalogue import temporal_calls
from runtime.metrics.catalogue.temporal_labels import (
    ACTIVITY,
    POLLER_TYPE,
    QUEUE,
    REASON,
    SHORT,
    WORKER_TYPE,
    WORKFLOW,
)
from runtime.metrics.definitions import AnyDefinition, Counter, Gauge, Histogram, Process

WORKFLOW_WORKERS = (Process.WORKFLOWS, Process.DISPATCHER)
ACTIVITY_WORKERS = (
    Process.METADATA,
    Process.LLM_WORKER,
    Process.PDF_WORKER,
    Process.ANNOUNCER,
    Process.DISPATCHER,
)
WORKERS = (Process.WORKFLOWS, *ACTIVITY_WORKERS)

LONG = (0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)

SLOTS_AVAILABLE = Gauge(
    "temporal_worker_task_slots_available",
    "Tasks that the worker could take on now.",
    unit="slots",
    by=WORKERS,
    labels=(QUEUE, WORKER_TYPE),
)
SLOTS_USED = Gauge(
    "temporal_worker_task_slots_used",
    "Tasks that the worker is working on.",
    unit="slots",
    by=WORKERS,
    labels=(QUEUE, WORKER_TYPE),
)
POLLERS = Gauge(
    "temporal_num_pollers",
    "Calls of this worker that are waiting for work.",
    unit="pollers",
    by=WORKERS,
    labels=(QUEUE, POLLER_TYPE),
)
STICKY_CACHE_SIZE = Gauge(
    "temporal_sticky_cache_size",
    "Workflows that the worker keeps in memory.",
    unit="workflows",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE,),
)
STICKY_CACHE_HITS = Counter(
    "temporal_sticky_cache_hit_total",
    "Workflow tasks that found their workflow in memory.",
    unit="tasks",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE, WORKFLOW),
)
STICKY_CACHE_MISSES = Counter(
    "temporal_sticky_cache_miss_total",
    "Workflow tasks whose workflow had to be replayed.",
    unit="tasks",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE, WORKFLOW),
)
EVICTIONS = Counter(
    "temporal_sticky_cache_total_forced_eviction_total",
    "Workflows that left memory to make room.",
    unit="workflows",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE, WORKFLOW),
)
WORKFLOWS_COMPLETED = Counter(
    "temporal_workflow_completed_total",
    "Workflow runs that returned.",
    unit="workflows",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE, WORKFLOW),
)
WORKFLOWS_FAILED = Counter(
    "temporal_workflow_failed_total",
    "Workflow runs that failed.",
    unit="workflows",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE, WORKFLOW),
)
WORKFLOWS_CANCELED = Counter(
    "temporal_workflow_canceled_total",
    "Workflow runs that were cancelled.",
    unit="workflows",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE, WORKFLOW),
)
WORKFLOW_ENDTOEND = Histogram(
    "temporal_workflow_endtoend_latency_seconds",
    "From the start of a workflow run to its end.",
    unit="seconds",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE, WORKFLOW),
    buckets=(*LONG, 3600, 21600, 86400, 604800),
)
WORKFLOW_TASK_WAIT = Histogram(
    "temporal_workflow_task_schedule_to_start_latency_seconds",
    "How long workflow tasks waited for a worker.",
    unit="seconds",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE,),
    buckets=SHORT,
)
WORKFLOW_TASK_EXECUTION = Histogram(
    "temporal_workflow_task_execution_latency_seconds",
    "How long workflow tasks took.",
    unit="seconds",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE, WORKFLOW),
    buckets=SHORT,
)
WORKFLOW_REPLAY = Histogram(
    "temporal_workflow_task_replay_latency_seconds",
    "How long replaying histories took.",
    unit="seconds",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE, WORKFLOW),
    buckets=SHORT,
)
WORKFLOW_TASKS_FAILED = Counter(
    "temporal_workflow_task_execution_failed_total",
    "Workflow tasks that failed; NonDeterminismError is code that does not fit a history.",
    unit="tasks",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE, WORKFLOW, REASON),
)
WORKFLOW_POLLS = Counter(
    "temporal_workflow_task_queue_poll_succeed_total",
    "Polls that brought a workflow task.",
    unit="polls",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE,),
)
WORKFLOW_EMPTY_POLLS = Counter(
    "temporal_workflow_task_queue_poll_empty_total",
    "Polls for workflow tasks that brought none.",
    unit="polls",
    by=WORKFLOW_WORKERS,
    labels=(QUEUE,),
)
ACTIVITY_WAIT = Histogram(
    "temporal_activity_schedule_to_start_latency_seconds",
    "How long activity tasks waited for a worker.",
    unit="seconds",
    by=ACTIVITY_WORKERS,
    labels=(QUEUE,),
    buckets=LONG,
)
ACTIVITY_EXECUTION = Histogram(
    "temporal_activity_execution_latency_seconds",
    "How long attempts of activities took.",
    unit="seconds",
    by=ACTIVITY_WORKERS,
    labels=(QUEUE, ACTIVITY),
    buckets=LONG,
)
ACTIVITY_ENDTOEND = Histogram(
    "temporal_activity_succeed_endtoend_latency_seconds",
    "From the first scheduling of an activity to its success, with all attempts and waits.",
    unit="seconds",
    by=ACTIVITY_WORKERS,
    labels=(QUEUE, ACTIVITY),
    buckets=(*LONG, 3600, 21600),
)
ACTIVITIES_FAILED = Counter(
    "temporal_activity_execution_failed_total",
    "Attempts of activities that failed.",
    unit="attempts",
    by=ACTIVITY_WORKERS,
    labels=(QUEUE, ACTIVITY),
)
ACTIVITIES_CANCELLED = Counter(
    "temporal_activity_execution_cancelled_total",
    "Attempts of activities that were cancelled.",
    unit="attempts",
    by=ACTIVITY_WORKERS,
    labels=(QUEUE, ACTIVITY),
)
ACTIVITIES_RECEIVED = Counter(
    "temporal_activity_task_received_total",
    "Attempts of activities that the worker has taken on.",
    unit="attempts",
    by=ACTIVITY_WORKERS,
    labels=(QUEUE, ACTIVITY),
)
ACTIVITY_EMPTY_POLLS = Counter(
    "temporal_activity_poll_no_task_total",
    "Polls for activity tasks that brought none.",
    unit="polls",
    by=ACTIVITY_WORKERS,
    labels=(QUEUE,),
)
METRICS: tuple[AnyDefinition, ...] = (
    SLOTS_AVAILABLE,
    SLOTS_USED,
    POLLERS,
    STICKY_CACHE_SIZE,
    STICKY_CACHE_HITS,
    STICKY_CACHE_MISSES,
    EVICTIONS,
    WORKFLOWS_COMPLETED,
    WORKFLOWS_FAILED,
    WORKFLOWS_CANCELED,
    WORKFLOW_ENDTOEND,
    WORKFLOW_TASK_WAIT,
    WORKFLOW_TASK_EXECUTION,
    WORKFLOW_REPLAY,
    WORKFLOW_TASKS_FAILED,
    WORKFLOW_POLLS,
    WORKFLOW_EMPTY_POLLS,
    ACTIVITY_WAIT,
    ACTIVITY_EXECUTION,
    ACTIVITY_ENDTOEND,
    ACTIVITIES_FAILED,
    ACTIVITIES_CANCELLED,
    ACTIVITIES_RECEIVED,
    ACTIVITY_EMPTY_POLLS,
    *temporal_calls.METRICS,
)
