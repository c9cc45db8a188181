"""A message whose handler is slow does not come again while the handler says that it works."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from faststream import AckPolicy
from faststream.nats import JStream, NatsMessage, PullSub
from nats.js.api import ConsumerConfig, StreamConfig

from local_stack import LocalStack, Server, StackSettings, free_port_offset
from runtime import bus, consumers
from runtime.bus import Bus, BusSettings
from tests.stack_folder import stack_folder

ACK_WAIT_SECONDS = 0.5


@pytest.fixture
async def connection() -> AsyncIterator[Bus]:
    with stack_folder() as folder:
        settings = StackSettings(data_dir=folder / "data", port_offset=free_port_offset())
        async with (
            LocalStack(settings, servers={Server.NATS}, services=()) as stack,
            bus.connect(BusSettings(nats_url=stack.nats_url), name="test") as connected,
        ):
            await connected.jetstream.add_stream(StreamConfig(name="SLOW", subjects=["slow.>"]))
            await connected.jetstream.add_consumer(
                "SLOW", ConsumerConfig(durable_name="slow", ack_wait=ACK_WAIT_SECONDS)
            )
            yield connected


async def test_a_slow_handler_keeps_its_message(connection: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "STILL_WORKING_INTERVAL", timedelta(seconds=ACK_WAIT_SECONDS / 5))
    url = connection.nats.connected_url
    assert url is not None
    broker = consumers.new_broker(BusSettings(nats_url=url.geturl()), name="slow")
    deliveries: list[int] = []
    done = asyncio.Event()

    async def handle(message: NatsMessage) -> None:
        deliveries.append(message.raw_message.metadata.num_delivered)
        async with consumers.kept(message):
            await asyncio.sleep(ACK_WAIT_SECONDS * 4)
        await message.ack()
        done.set()

    broker.subscriber(
        "slow.>",
        stream=JStream("SLOW", declare=False),
        durable="slow",
        pull_sub=PullSub(batch_size=4, timeout=1),
        max_workers=4,
        ack_policy=AckPolicy.MANUAL,
    )(handle)
    await connection.jetstream.publish("slow.one", b"{}")
    async with consumers.running(broker):
        await done.wait()
        # An acknowledgement is sent and not waited for; the server may hear of it after this question.
        while (await connection.jetstream.consumer_info("SLOW", "slow")).num_ack_pending:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
    assert deliveries == [1]
