"""Protects the event consumer: what it cannot use is kept with its reason, and never stops the rest."""

import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from faststream.nats import NatsMessage
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from temporalio.client import Client

from contracts import subjects
from contracts.dead_letters import DeadLetter
from contracts.events import EventType
from contracts.failures import RejectionReason
from contracts.webhooks import DeliveryState
from local_stack import LocalStack
from notifier.consumer import EventConsumer
from notifier.deliveries import Deliveries
from notifier.endpoints import Endpoints
from notifier.policies import MAX_UNEXPECTED_FAILURES
from notifier.runs import DeliveryRuns
from orchestrator import topology
from runtime import database
from runtime.bus import Bus
from runtime.database import DatabaseSettings
from tests.notifier.conftest import Customer, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

SUBJECT = subjects.event(EventType.COMPLETED).name


def _without_title(event: str) -> str:
    content = json.loads(event)
    del content["data"]["title"]
    return json.dumps(content)


def _of_another_tenant(event: str) -> str:
    return json.dumps(json.loads(event) | {"tenantid": "somebody-else"})


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda _: "{", RejectionReason.NOT_JSON),
        (lambda _: "[]", RejectionReason.INVALID),
        (_without_title, RejectionReason.INVALID),
        (_of_another_tenant, RejectionReason.INVALID),
    ],
)
async def test_an_unusable_event_becomes_a_dead_letter_and_the_next_is_delivered(
    customer: Customer, connection: Bus, spoil: Callable[[str], str], reason: RejectionReason
) -> None:
    endpoint = await customer.register()
    poison = spoil(customer.completed().model_dump_json()).encode()
    ack = await connection.jetstream.publish(SUBJECT, poison)
    await customer.publish(customer.completed())

    await customer.delivery_in(endpoint.endpoint_id, DeliveryState.DELIVERED, attempts=1)
    letter = await until(lambda: _letter_about(connection, ack.seq))

    assert letter.reason is reason
    assert letter.subject == SUBJECT
    assert base64.b64decode(letter.payload_base64) == poison


@asynccontextmanager
async def delivered_often(connection: Bus, customer: Customer) -> AsyncIterator[tuple[Msg, str]]:
    """An event that came more often than unexpected failures are borne, and the durable that it came by."""
    durable = f"test-{uuid4().hex}"
    sequence = await customer.publish(customer.completed())
    await connection.jetstream.add_consumer(
        subjects.EVENTS_STREAM,
        ConsumerConfig(
            durable_name=durable,
            ack_policy=AckPolicy.EXPLICIT,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=sequence,
        ),
    )
    pulled = await connection.jetstream.pull_subscribe_bind(durable=durable, stream=subjects.EVENTS_STREAM)
    for _ in range(MAX_UNEXPECTED_FAILURES):
        (message,) = await pulled.fetch(1, timeout=10)
        await message.nak()
    (message,) = await pulled.fetch(1, timeout=10)
    yield message, durable
    await connection.jetstream.delete_consumer(subjects.EVENTS_STREAM, durable)


async def handle(message: Msg, connection: Bus, temporal: Client, pool: asyncpg.Pool) -> None:
    """Handle a message as a dispatcher with this database would."""
    consumer = EventConsumer(connection, Endpoints(pool), Deliveries(pool), DeliveryRuns(temporal))
    await consumer.on_event(NatsMessage(raw_message=message, body=message.data))


async def test_an_event_that_breaks_the_code_ends_as_a_dead_letter(
    servers: LocalStack, connection: Bus, temporal: Client, customer: Customer
) -> None:
    async with (
        asyncpg.create_pool(servers.database_url, server_settings={"search_path": "broken"}) as broken,
        delivered_often(connection, customer) as (message, _),
    ):
        await broken.execute("CREATE SCHEMA broken CREATE TABLE webhook_endpoints (unknown integer)")
        await handle(message, connection, temporal, broken)
        letter = await until(lambda: _letter_about(connection, message.metadata.sequence.stream))
    assert letter.reason is RejectionReason.DELIVERIES_EXHAUSTED
    assert letter.deliveries == MAX_UNEXPECTED_FAILURES + 1


async def test_an_event_outlives_an_outage_of_any_length(
    servers: LocalStack, connection: Bus, temporal: Client, customer: Customer
) -> None:
    """It is no poison: a webhook that its receiver waits for must not end among the dead letters."""
    async with database.connect(DatabaseSettings(database_url=servers.database_url)) as closed:
        pass
    async with delivered_often(connection, customer) as (message, durable):
        await handle(message, connection, temporal, closed)
        waiting = await connection.jetstream.consumer_info(subjects.EVENTS_STREAM, durable)
        assert (waiting.num_ack_pending, waiting.num_redelivered) == (1, 1)
        assert await _letter_about(connection, message.metadata.sequence.stream) is None


async def test_its_deliveries_have_no_limit_on_the_bus(connection: Bus, dispatcher: str) -> None:
    assert dispatcher
    info = await connection.jetstream.consumer_info(subjects.EVENTS_STREAM, subjects.DISPATCHER_DURABLE)
    assert info.config.max_deliver == topology.UNLIMITED


async def test_health_and_metrics_answer(
    dispatcher: str, customer: Customer, consumed: Callable[[int], Awaitable[None]]
) -> None:
    await consumed(await customer.publish(customer.completed()))
    async with httpx2.AsyncClient(base_url=dispatcher, trust_env=False) as client:
        ready = (await client.get("/health/ready")).json()
        metrics = (await client.get("/metrics")).text
    assert set(ready["checks"]) == {"bus", "consumer", "temporal", "database"}
    assert 'notifier_events_total{outcome="dispatched"}' in metrics


async def _letter_about(connection: Bus, sequence: int) -> DeadLetter | None:
    stream = subjects.DEAD_LETTERS_STREAM
    state = (await connection.jetstream.stream_info(stream)).state
    for position in range(state.first_seq, state.last_seq + 1):
        message = await connection.jetstream.get_msg(stream, position)
        letter = DeadLetter.model_validate_json(message.data or b"")
        if letter.stream_sequence == sequence:
            return letter
    return None
