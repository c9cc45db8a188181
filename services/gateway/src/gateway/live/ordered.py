"""Reading a stream in order, each message once, by a consumer that the server forgets when nobody listens."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, Header

from runtime.bus import Bus, BusUnavailableError

API_TIMEOUT = timedelta(seconds=3)
HEARTBEAT = timedelta(seconds=1)
# Three heartbeats missed: the server lost the consumer, or we lost the server.
SILENCE = timedelta(seconds=3)
FORGET_AFTER = timedelta(seconds=10)
_STALLED = "Nats-Consumer-Stalled"


class StreamInterruptedError(Exception):
    """The order was broken or the server fell silent; read again from the last sequence."""


@dataclass(frozen=True, slots=True)
class StreamMessage:
    """A stored message; `pending` is how many more the stream held when it was sent."""

    subject: str
    data: bytes
    sequence: int
    stored_at: datetime
    pending: int


class OrderedConsumer:
    """An open consumer; `pending` is how many messages it found in the stream."""

    def __init__(self, client: Client, subscription: Subscription, pending: int) -> None:
        self._client = client
        self._subscription = subscription
        self._delivered = 0
        self.pending = pending

    async def messages(self) -> AsyncGenerator[StreamMessage, None]:
        """Give the messages as they come, without end.

        Raises:
            StreamInterruptedError: a message was missed, or nothing was heard for too long.

        """
        while True:
            try:
                message = await self._subscription.next_msg(SILENCE.total_seconds())
            except (TimeoutError, NatsError) as error:
                raise StreamInterruptedError(type(error).__name__) from error
            if message.headers and Header.STATUS in message.headers:
                await self._answer(message)
                continue
            yield self._ordered(message)

    def _ordered(self, message: Msg) -> StreamMessage:
        metadata = message.metadata
        self._delivered += 1
        if metadata.sequence.consumer != self._delivered:
            raise StreamInterruptedError(f"message {self._delivered} was missed")
        return StreamMessage(
            subject=message.subject,
            data=message.data,
            sequence=metadata.sequence.stream,
            stored_at=metadata.timestamp,
            pending=metadata.num_pending,
        )

    async def _answer(self, status: Msg) -> None:
        # Flow control: the server sends on when we say that we have read this far.
        subject = status.reply or (status.headers or {}).get(_STALLED)
        if subject:
            with suppress(NatsError):
                await self._client.publish(subject)


@asynccontextmanager
async def ordered_consumer(
    bus: Bus, stream: str, subjects: Sequence[str], *, after: int
) -> AsyncIterator[OrderedConsumer]:
    """Open a consumer of the messages on `subjects` that the stream stored after sequence `after`.

    Raises:
        BusUnavailableError: the server did not make it.

    """
    inbox = bus.nats.new_inbox()
    config = ConsumerConfig(
        deliver_subject=inbox,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=after + 1,
        filter_subjects=list(subjects),
        ack_policy=AckPolicy.NONE,
        max_deliver=1,
        flow_control=True,
        idle_heartbeat=HEARTBEAT.total_seconds(),
        inactive_threshold=FORGET_AFTER.total_seconds(),
        mem_storage=True,
        num_replicas=1,
    )
    try:
        subscription = await bus.nats.subscribe(inbox)
        jetstream = bus.nats.jetstream(timeout=API_TIMEOUT.total_seconds())
        info = await jetstream.add_consumer(stream, config)
    except (NatsError, OSError) as error:
        raise BusUnavailableError(f"{stream}: {type(error).__name__}") from error
    try:
        yield OrderedConsumer(bus.nats, subscription, info.num_pending or 0)
    finally:
        with suppress(NatsError, OSError):
            await subscription.unsubscribe()
            # It would be forgotten by itself, but only after a while: many viewers may come at once.
            await jetstream.delete_consumer(stream, info.name)
