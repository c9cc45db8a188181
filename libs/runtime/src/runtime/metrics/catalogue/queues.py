"""What waits: on the bus, in its consumers, on Temporal's task queues. Read when metrics are asked for."""

from contracts import subjects, webhooks
from contracts.task_queues import TaskQueue
from runtime.metrics.definitions import Gauge, Histogram, Label, Process

BY = (Process.INTAKE,)
STREAMS = (
    subjects.REQUESTS_STREAM,
    subjects.EVENTS_STREAM,
    subjects.DEAD_LETTERS_STREAM,
    subjects.LIVE_STREAM,
)
DURABLES = (subjects.INTAKE_DURABLE, subjects.BATCHES_DURABLE, subjects.DISPATCHER_DURABLE)
STREAM = Label("stream", STREAMS)
DURABLE = Label("durable", DURABLES)
TASKS = (Label("task_queue", TaskQueue), Label("task_type", ("workflow", "activity")))

STREAM_MESSAGES = Gauge(
    "bus_stream_messages",
    "Messages that a stream holds; in REPORT_DLQ each is one that no consumer could use.",
    unit="messages",
    by=BY,
    labels=(STREAM,),
)
STREAM_BYTES = Gauge("bus_stream_bytes", "Bytes that a stream holds.", unit="bytes", by=BY, labels=(STREAM,))
CONSUMER_PENDING = Gauge(
    "bus_consumer_pending",
    "Messages that a durable consumer has not been given yet.",
    unit="messages",
    by=BY,
    labels=(DURABLE,),
)
CONSUMER_ACK_PENDING = Gauge(
    "bus_consumer_ack_pending",
    "Messages given to a durable consumer and not acknowledged yet.",
    unit="messages",
    by=BY,
    labels=(DURABLE,),
)
CONSUMER_REDELIVERED = Gauge(
    "bus_consumer_redelivered",
    "Of those not acknowledged yet, the ones that were given more than once.",
    unit="messages",
    by=BY,
    labels=(DURABLE,),
)
TASK_BACKLOG = Gauge(
    "task_queue_backlog",
    "Tasks that wait for a worker, as Temporal estimates them.",
    unit="tasks",
    by=BY,
    labels=TASKS,
)
TASK_BACKLOG_AGE = Gauge(
    "task_queue_backlog_age_seconds",
    "How long the oldest of them has waited.",
    unit="seconds",
    by=BY,
    labels=TASKS,
)
TASK_POLLERS = Gauge(
    "task_queue_pollers",
    "Workers that asked a task queue for work in the last 75 seconds.",
    unit="workers",
    by=BY,
    labels=TASKS,
)

CONSUMERS = Label(
    "consumer",
    (
        *DURABLES,
        webhooks.REGISTER_ENDPOINT,
        webhooks.LIST_ENDPOINTS,
        webhooks.DELETE_ENDPOINT,
        webhooks.LIST_DELIVERIES,
        webhooks.REPLAY_DELIVERY,
    ),
)
CONSUMING = (Process.INTAKE, Process.DISPATCHER)
HANDLING = Histogram(
    "consumer_handling_duration_seconds",
    "From a message reaching this process to the end of its handling: of a durable consumer, or of a request "
    "to the notifier (by subject).",
    unit="seconds",
    by=CONSUMING,
    labels=(CONSUMERS,),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
IN_FLIGHT = Gauge(
    "consumer_messages_in_flight",
    "Messages being handled now.",
    unit="messages",
    by=CONSUMING,
    labels=(CONSUMERS,),
)
REDELIVERIES = Histogram(
    "consumer_message_deliveries",
    "How often a message had been delivered when it was handled; above 1 are redeliveries.",
    unit="deliveries",
    by=CONSUMING,
    labels=(DURABLE,),
    buckets=(1, 2, 3, 5, 10, 20, 50),
)

METRICS = (
    STREAM_MESSAGES,
    STREAM_BYTES,
    CONSUMER_PENDING,
    CONSUMER_ACK_PENDING,
    CONSUMER_REDELIVERED,
    TASK_BACKLOG,
    TASK_BACKLOG_AGE,
    TASK_POLLERS,
    HANDLING,
    IN_FLIGHT,
    REDELIVERIES,
)
