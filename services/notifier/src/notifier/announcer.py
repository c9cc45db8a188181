"""The announcer: activities of task queue `notification`."""

from contextlib import AsyncExitStack

import structlog

from contracts.task_queues import TaskQueue
from notifier.activities import Announcements
from notifier.settings import AnnouncerSettings
from runtime import bus, durable
from runtime.health import serve_health

log = structlog.get_logger(__name__)


async def serve_announcer() -> None:
    """Serve until cancelled."""
    settings = AnnouncerSettings()
    async with AsyncExitStack() as stack:
        health = await stack.enter_async_context(serve_health(settings.http))
        connection = await stack.enter_async_context(bus.connect(settings.bus, name="notifier-announcer"))
        client = await durable.connect(settings.temporal)
        health.ready_when({"bus": connection.check, "temporal": lambda: durable.check(client)})
        log.info("announcer.started")
        activities = Announcements(connection)
        await durable.new_worker(
            client, TaskQueue.NOTIFICATION, activities=[activities.send_notification]
        ).run()
