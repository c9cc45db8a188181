"""How much waits on the bus and on Temporal's task queues, asked for when metrics are."""

import asyncio

from temporalio.client import Client

from contracts import subjects
from contracts.task_queues import TaskQueue
from orchestrator import metrics
from runtime.bus import Bus
from runtime.metrics.catalogue.queues import STREAMS
from runtime.metrics.exposition import Probe
from runtime.task_queues import QUEUES, TaskKind, state_of

DURABLES = (
    (subjects.REQUESTS_STREAM, subjects.INTAKE_DURABLE),
    (subjects.REQUESTS_STREAM, subjects.BATCHES_DURABLE),
    (subjects.EVENTS_STREAM, subjects.DISPATCHER_DURABLE),
)


def bus_probe(bus: Bus) -> Probe:
    """Make the probe of streams and durable consumers."""

    async def read() -> None:
        await asyncio.gather(
            *(_read_stream(bus, stream) for stream in STREAMS),
            *(_read_durable(bus, stream, durable) for stream, durable in DURABLES),
        )

    return Probe(
        "bus",
        read,
        (
            metrics.STREAM_MESSAGES,
            metrics.STREAM_BYTES,
            metrics.CONSUMER_PENDING,
            metrics.CONSUMER_ACK_PENDING,
            metrics.CONSUMER_REDELIVERED,
        ),
    )


async def _read_stream(bus: Bus, stream: str) -> None:
    state = (await bus.jetstream.stream_info(stream)).state
    metrics.STREAM_MESSAGES.labels(stream=stream).set(state.messages)
    metrics.STREAM_BYTES.labels(stream=stream).set(state.bytes)


async def _read_durable(bus: Bus, stream: str, durable: str) -> None:
    info = await bus.jetstream.consumer_info(stream, durable)
    metrics.CONSUMER_PENDING.labels(durable=durable).set(info.num_pending or 0)
    metrics.CONSUMER_ACK_PENDING.labels(durable=durable).set(info.num_ack_pending or 0)
    metrics.CONSUMER_REDELIVERED.labels(durable=durable).set(info.num_redelivered or 0)


def task_queue_probe(temporal: Client) -> Probe:
    """Make the probe of Temporal's task queues."""

    async def read() -> None:
        await asyncio.gather(*(_read_queue(temporal, queue, kind) for queue, kind in QUEUES))

    return Probe("task_queues", read, (metrics.TASK_BACKLOG, metrics.TASK_BACKLOG_AGE, metrics.TASK_POLLERS))


async def _read_queue(temporal: Client, queue: TaskQueue, kind: TaskKind) -> None:
    state = await state_of(temporal, queue, kind)
    labels = {"task_queue": queue.value, "task_type": kind.name.lower()}
    metrics.TASK_BACKLOG.labels(**labels).set(state.backlog)
    metrics.TASK_BACKLOG_AGE.labels(**labels).set(state.backlog_age.total_seconds())
    metrics.TASK_POLLERS.labels(**labels).set(state.pollers)
