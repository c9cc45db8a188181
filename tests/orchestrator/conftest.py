"""The real servers with everything that the setup step makes."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from local_stack import LocalStack, Server, StackSettings, free_port_offset
from orchestrator.setup import set_up
from runtime import bus, database
from runtime.bus import Bus, BusSettings
from runtime.database import DatabaseSettings
from tests.stack_folder import stack_folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def servers() -> AsyncIterator[LocalStack]:
    wanted = {Server.NATS, Server.TEMPORAL, Server.POSTGRES}
    with stack_folder() as folder:
        settings = StackSettings(data_dir=folder / "data", port_offset=free_port_offset())
        async with LocalStack(settings, servers=wanted, services=()) as stack:
            with pytest.MonkeyPatch.context() as environment:
                environment.setenv("NATS_URL", stack.nats_url)
                environment.setenv("TEMPORAL_ADDRESS", stack.temporal_address)
                environment.setenv("DATABASE_URL", stack.database_url)
                await set_up()
            yield stack


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def connection(servers: LocalStack) -> AsyncIterator[Bus]:
    async with bus.connect(BusSettings(nats_url=servers.nats_url), name="test") as connected:
        yield connected


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pool(servers: LocalStack) -> AsyncIterator[asyncpg.Pool]:
    async with database.connect(DatabaseSettings(database_url=servers.database_url)) as connected:
        yield connected
