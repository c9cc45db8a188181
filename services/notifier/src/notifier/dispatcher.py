"""The dispatcher: takes events from the bus, delivers webhooks, answers requests about both."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog
from nats.errors import Error as NatsError

from contracts.subjects import DISPATCHER_DURABLE, EVENTS_STREAM
from contracts.task_queues import TaskQueue
from notifier.activities import WebhookDeliveries
from notifier.channels.standard_webhooks import open_channel
from notifier.consumer import EventConsumer
from notifier.deliveries import Deliveries
from notifier.endpoints import Endpoints
from notifier.requests import WebhookRequests
from notifier.runs import DeliveryRuns
from notifier.settings import DispatcherSettings
from notifier.workflows.deliver_webhook import DeliverWebhookWorkflow
from runtime import bus, consumers, database, durable
from runtime.bus import Bus
from runtime.health import serve_health

CONCURRENT_ATTEMPTS = 50
CONSUMER_RETRY_INTERVAL = timedelta(milliseconds=500)

log = structlog.get_logger(__name__)


async def serve_dispatcher() -> None:
    """Serve until cancelled."""
    settings = DispatcherSettings()
    private = settings.webhooks.webhook_allow_private_addresses
    async with AsyncExitStack() as stack:
        health = await stack.enter_async_context(serve_health(settings.http))
        connection = await stack.enter_async_context(bus.connect(settings.bus, name="notifier-dispatcher"))
        pool = await stack.enter_async_context(database.connect(settings.database))
        client = await durable.connect(settings.temporal)
        channel = await stack.enter_async_context(open_channel(allow_private_addresses=private))
        endpoints, deliveries, runs = Endpoints(pool), Deliveries(pool), DeliveryRuns(client)
        await _wait_for_consumer(connection)
        consumer = EventConsumer(connection, endpoints, deliveries, runs)
        requests = WebhookRequests(endpoints, deliveries, runs, allow_private_addresses=private)
        broker = consumers.new_broker(settings.bus, name="notifier-dispatcher-consumer")
        consumer.subscribe(broker)
        requests.subscribe(broker)
        await stack.enter_async_context(consumers.running(broker))
        health.ready_when(
            {
                "bus": connection.check,
                "consumer": consumers.durable_exists(connection, EVENTS_STREAM, DISPATCHER_DURABLE),
                "temporal": lambda: durable.check(client),
                "database": lambda: database.check(pool),
            }
        )
        log.info("dispatcher.started")
        activities = WebhookDeliveries(deliveries, channel)
        await durable.new_worker(
            client,
            TaskQueue.WEBHOOKS,
            workflows=[DeliverWebhookWorkflow],
            activities=[activities.deliver_webhook, activities.record_delivery],
            max_concurrent_activities=CONCURRENT_ATTEMPTS,
        ).run()


async def _wait_for_consumer(connection: Bus) -> None:
    # Subscribing without it would make one with other settings.
    while True:
        try:
            await connection.jetstream.consumer_info(EVENTS_STREAM, DISPATCHER_DURABLE)
        except (NatsError, OSError) as error:
            log.warning("dispatcher.waiting_for_consumer", error=repr(error)[:200])
            await asyncio.sleep(CONSUMER_RETRY_INTERVAL.total_seconds())
        else:
            return
