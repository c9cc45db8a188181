"""FastStream brokers for durable consumers that the setup step made."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import TypeVar

import structlog
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from nats.errors import Error as NatsError

from runtime import tracing
from runtime.background import beside
from runtime.bus import PING_INTERVAL, RECONNECT_WAIT, Bus, BusSettings
from runtime.metrics.catalogue.queues import HANDLING, IN_FLIGHT, REDELIVERIES
from runtime.tracing import Kind

# How long running handlers may take to finish when the process stops.
GRACEFUL_TIMEOUT = timedelta(seconds=5)
PULL_TIMEOUT = timedelta(seconds=2)

# Well within what a consumer waits for an acknowledgement.
STILL_WORKING_INTERVAL = timedelta(seconds=2)

log = structlog.get_logger(__name__)

ResultT = TypeVar("ResultT")


def new_broker(settings: BusSettings, *, name: str) -> NatsBroker:
    """Make a broker that reconnects for ever; subscribe to it, then open it with `running`."""
    return NatsBroker(
        settings.nats_url.split(","),
        name=name,
        # After the default of 60 attempts the pull loop would spin without a connection.
        max_reconnect_attempts=-1,
        reconnect_time_wait=RECONNECT_WAIT.total_seconds(),  # type: ignore[arg-type] # passed on as is; a float works
        ping_interval=int(PING_INTERVAL.total_seconds()),
        graceful_timeout=GRACEFUL_TIMEOUT.total_seconds(),
        logger=None,
    )


def subscribe(  # noqa: PLR0913 - what differs between consumers, by name
    broker: NatsBroker,
    handler: Callable[[NatsMessage], Awaitable[None]],
    *,
    subject: str,
    stream: str,
    durable: str,
    max_in_flight: int,
) -> None:
    """Bind a handler to a durable consumer; the handler itself acknowledges, and gets bodies as they came."""
    broker.subscriber(
        subject,
        stream=JStream(stream, declare=False),
        durable=durable,
        pull_sub=PullSub(batch_size=max_in_flight, timeout=PULL_TIMEOUT.total_seconds()),
        max_workers=max_in_flight,
        ack_policy=AckPolicy.MANUAL,
        decoder=_undecoded,
    )(measured(durable, _counting_deliveries(durable, handler)))


def measured(
    consumer: str, handler: Callable[[NatsMessage], Awaitable[ResultT]]
) -> Callable[[NatsMessage], Awaitable[ResultT]]:
    """Time a handler; `consumer` is a durable, or the subject of a request."""
    seconds, in_flight = HANDLING.labels(consumer=consumer), IN_FLIGHT.labels(consumer=consumer)

    async def handle(message: NatsMessage) -> ResultT:
        with seconds.time(), in_flight.track_inprogress():
            return await handler(message)

    return handle


def _counting_deliveries(
    durable: str, handler: Callable[[NatsMessage], Awaitable[None]]
) -> Callable[[NatsMessage], Awaitable[None]]:
    deliveries = REDELIVERIES.labels(durable=durable)

    async def handle(message: NatsMessage) -> None:
        deliveries.observe(message.raw_message.metadata.num_delivered)
        await handler(message)

    return handle


async def _undecoded(message: NatsMessage) -> bytes:
    return message.body


@contextmanager
def about(durable: str, traceparent: str | None, **identity: str) -> Iterator[None]:
    """Trace what is done with a message, below the span that sent it, and bind what the log says of it."""
    attributes = {"messaging.system": "nats", "messaging.consumer.group.name": durable}
    with tracing.span(f"process {durable}", Kind.CONSUMER, attributes, parent=traceparent):
        if found := tracing.trace_id(tracing.traceparent(traceparent)):
            identity["trace_id"] = found
        with structlog.contextvars.bound_contextvars(**identity):
            yield


@asynccontextmanager
async def running(broker: NatsBroker) -> AsyncIterator[None]:
    """Consume while the context is open; running handlers finish before it closes."""
    await broker.start()
    try:
        yield
    finally:
        try:
            await broker.stop()
        except (NatsError, OSError, TimeoutError):
            log.warning("consumer.stop_failed")


@asynccontextmanager
async def kept(message: NatsMessage) -> AsyncIterator[None]:
    """Keep a message from coming again while the context is open; when the process dies it soon does."""
    async with beside(_say_still_working(message)):
        yield


async def _say_still_working(message: NatsMessage) -> None:
    while True:
        await asyncio.sleep(STILL_WORKING_INTERVAL.total_seconds())
        with suppress(NatsError, OSError):
            await message.raw_message.in_progress()


def durable_exists(bus: Bus, stream: str, durable: str) -> Callable[[], Awaitable[None]]:
    """Make a readiness check: a durable that was deleted is never made again by its consumer."""

    async def check() -> None:
        await bus.jetstream.consumer_info(stream, durable)

    return check
