import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio import activity

HEARTBEAT_INTERVAL = timedelta(milliseconds=500)


@asynccontextmanager
async def heartbeating() -> AsyncIterator[None]:
    """Tell Temporal that this attempt lives while the context is open, whatever the activity waits for."""
    beating = asyncio.create_task(_beat())
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(HEARTBEAT_INTERVAL.total_seconds())
