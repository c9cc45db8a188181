"""The streams and durable consumers of the system, made or brought up to date by the setup step."""

from datetime import timedelta

import structlog
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from contracts import subjects
from contracts.webhooks import WEBHOOK_EVENT_TYPES

# Requests and events are kept for a while: they answer "was this accepted?" and replay what a viewer missed.
# Temporal must remember a closed workflow for longer than its request can be delivered again.
REQUEST_RETENTION = timedelta(days=7)
EVENT_RETENTION = timedelta(days=7)
WORKFLOW_RETENTION = timedelta(days=30)
LIVE_TEXT_RETENTION = timedelta(hours=2)
DEDUPLICATION_WINDOW = timedelta(minutes=10)
# An announcement whose confirmation was lost is repeated once the outage is over. An id takes NATS 200 bytes
# of memory: 40 MB for an hour of ten reports a second.
EVENT_DEDUPLICATION_WINDOW = timedelta(hours=1)
# What a killed consumer costs its message; a slow one says that it still works (`runtime.consumers.kept`).
ACK_WAIT = timedelta(seconds=5)
UNLIMITED = -1
# More than any request needs, and little enough that a dead letter about it (in base64, with its headers)
# fits into one message: a producer of more is refused by the bus itself.
REQUEST_MAX_BYTES = 256 * 1024
# The same for events, of which one with ten revisions' instructions is the longest.
EVENT_MAX_BYTES = 512 * 1024
LIVE_TEXT_MAX_BYTES = 256 * 1024 * 1024

log = structlog.get_logger(__name__)


def streams() -> list[StreamConfig]:
    """Give the streams as they should be."""
    return [
        _stream(
            subjects.REQUESTS_STREAM, subjects.ALL_REQUESTS, subjects.ALL_BATCHES, max_age=REQUEST_RETENTION
        ).evolve(max_msg_size=REQUEST_MAX_BYTES),
        _stream(subjects.EVENTS_STREAM, subjects.ALL_EVENTS, max_age=EVENT_RETENTION).evolve(
            max_msg_size=EVENT_MAX_BYTES,
            duplicate_window=EVENT_DEDUPLICATION_WINDOW.total_seconds(),
        ),
        _stream(subjects.DEAD_LETTERS_STREAM, subjects.ALL_DEAD_LETTERS, max_age=None),
        # Text that nobody reads any more makes room; everything else is refused rather than lost.
        _stream(
            subjects.LIVE_STREAM,
            subjects.ALL_LIVE_TEXT,
            subjects.ALL_LIVE_STATUS,
            max_age=LIVE_TEXT_RETENTION,
        ).evolve(max_bytes=LIVE_TEXT_MAX_BYTES, discard=DiscardPolicy.OLD),
    ]


def _stream(name: str, *names: str, max_age: timedelta | None) -> StreamConfig:
    return StreamConfig(
        name=name,
        subjects=list(names),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        allow_direct=True,
        duplicate_window=DEDUPLICATION_WINDOW.total_seconds(),
        max_age=max_age.total_seconds() if max_age else None,
    )


def consumers() -> list[tuple[str, ConsumerConfig]]:
    """Give the durable consumers as they should be, each with its stream."""
    return [
        _commands(subjects.INTAKE_DURABLE, subjects.ALL_REQUESTS),
        _commands(subjects.BATCHES_DURABLE, subjects.ALL_BATCHES),
        (
            subjects.EVENTS_STREAM,
            ConsumerConfig(
                durable_name=subjects.DISPATCHER_DURABLE,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT.total_seconds(),
                # Nor must an outage of Temporal or of the database use up an event's.
                max_deliver=UNLIMITED,
                filter_subjects=[subjects.event(event_type).name for event_type in WEBHOOK_EVENT_TYPES],
            ),
        ),
    ]


def _commands(durable: str, subject: str) -> tuple[str, ConsumerConfig]:
    consumer = ConsumerConfig(
        durable_name=durable,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT.total_seconds(),
        # An outage of Temporal must not use up a command's deliveries; its consumer bounds those of poison.
        max_deliver=UNLIMITED,
        filter_subject=subject,
    )
    return subjects.REQUESTS_STREAM, consumer


async def apply(jetstream: JetStreamContext, *, replicas: int = 1) -> None:
    """Make what is missing and update what differs; nothing is ever deleted.

    `replicas`: on how many servers of a cluster each message is; consumers have as many as their stream.
    """
    for stream in (stream.evolve(num_replicas=replicas) for stream in streams()):
        try:
            await jetstream.stream_info(str(stream.name))
            await jetstream.update_stream(stream)
        except NotFoundError:
            await jetstream.add_stream(stream)
    for stream_name, consumer in consumers():
        # The server creates a consumer or updates an existing one with the same call.
        await jetstream.add_consumer(stream_name, consumer)
    log.info("topology.applied")
