"""Connections that the gateway opens while it already answers.

A gateway that starts during an outage says what is missing instead of not being there.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy

import asyncpg
import httpx2
import temporalio.client
from temporalio.contrib.pydantic import pydantic_data_converter

from gateway.settings import GatewaySettings
from runtime import bus, tracing
from runtime.bus import Bus, BusSettings, BusUnavailableError
from runtime.measured_pool import measured, new_pool

# Bounds how long a person waits to hear that the bus did not confirm.
PUBLISH_TIMEOUT = timedelta(milliseconds=800)
DATABASE_TIMEOUT = timedelta(seconds=2)
DATABASE_CONNECTIONS = 8


class BusLink:
    """The connection to NATS once there is one."""

    def __init__(self) -> None:
        self._bus: Bus | None = None

    @property
    def bus(self) -> Bus:
        """The open connection.

        Raises:
            BusUnavailableError: NATS has not been reached since this process started.

        """
        if self._bus is None:
            raise BusUnavailableError("NATS has not been reached yet")
        return self._bus

    async def hold(self, settings: BusSettings) -> None:
        """Connect as soon as possible, and stay connected until cancelled."""
        async with bus.connect(settings, name="gateway", publish_timeout=PUBLISH_TIMEOUT) as connection:
            self._bus = connection
            await asyncio.Event().wait()


@asynccontextmanager
async def open_database(settings: GatewaySettings) -> AsyncIterator[asyncpg.Pool]:
    """Make a pool that connects with its first query."""
    pool = await new_pool(
        settings.database.database_url,
        min_size=0,
        max_size=DATABASE_CONNECTIONS,
        connect_timeout=DATABASE_TIMEOUT,
        command_timeout=DATABASE_TIMEOUT,
    )
    try:
        with measured(pool):
            yield pool
    finally:
        pool.terminate()


def open_http() -> httpx2.AsyncClient:
    """Make a client of servers beside us; it keeps no cookies, which would be one user's for all others."""
    forgetful = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx2.AsyncClient(trust_env=False, cookies=forgetful)


async def open_temporal(settings: GatewaySettings) -> temporalio.client.Client:
    """Make a client that connects with its first call."""
    return await temporalio.client.Client.connect(
        settings.temporal.temporal_address,
        namespace=settings.temporal.temporal_namespace,
        data_converter=pydantic_data_converter,
        interceptors=tracing.temporal_interceptors(),
        lazy=True,
    )
