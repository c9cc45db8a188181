"""The gateway as a process of its own before the real servers; the tests play what stands behind it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from temporalio.client import Client

from local_stack import LocalStack, Server, StackSettings, free_port_offset
from local_stack.catalogue import GATEWAY, SETUP_STEPS
from orchestrator.metadata import Metadata
from runtime import bus, durable
from runtime.artifacts import ArtifactSettings, ArtifactStore
from runtime.bus import Bus, BusSettings
from runtime.durable import TemporalSettings
from tests.gateway.process import GatewayProcess
from tests.stack_folder import stack_folder

SERVERS = frozenset({Server.NATS, Server.POSTGRES, Server.TEMPORAL})


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def servers() -> AsyncIterator[LocalStack]:
    """NATS, PostgreSQL and Temporal with streams and tables, and no service."""
    with stack_folder() as folder:
        settings = StackSettings(data_dir=folder / "data", port_offset=free_port_offset())
        async with LocalStack(settings, servers=SERVERS, services=()) as stack:
            await set_up(stack)
            yield stack


async def set_up(stack: LocalStack) -> None:
    """Make streams and tables as the stack does."""
    for step in SETUP_STEPS:
        environment = stack.service_environment(step, http_port=0)
        command = (sys.executable, "-m", step.package, step.role)
        process = await asyncio.create_subprocess_exec(*command, env=environment)
        assert await process.wait() == 0


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gateway(servers: LocalStack) -> AsyncIterator[GatewayProcess]:
    """The gateway before those servers."""
    environment = servers.service_environment(GATEWAY, http_port=servers.ports.gateway)
    running = GatewayProcess(servers.gateway_url, environment | {"LOG_FORMAT": "console"})
    await running.start()
    yield running
    assert await running.stop() == 0


@pytest_asyncio.fixture(loop_scope="session")
async def http(gateway: GatewayProcess) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the gateway."""
    async with httpx2.AsyncClient(base_url=gateway.url, timeout=15, trust_env=False) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def connection(servers: LocalStack) -> AsyncIterator[Bus]:
    """A connection of a service behind the gateway."""
    async with bus.connect(BusSettings(nats_url=servers.nats_url), name="test") as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def temporal(servers: LocalStack) -> Client:
    """A client of Temporal."""
    return await durable.connect(TemporalSettings(temporal_address=servers.temporal_address))


@pytest_asyncio.fixture(loop_scope="session")
async def pool(servers: LocalStack) -> AsyncIterator[asyncpg.Pool]:
    """The database that the gateway reads."""
    async with asyncpg.create_pool(servers.database_url, min_size=1, max_size=1) as pool:
        yield pool


@pytest.fixture
def metadata(pool: asyncpg.Pool) -> Metadata:
    """The orchestrator's own writer of `reports`."""
    return Metadata(pool)


@pytest.fixture
def artifacts(servers: LocalStack) -> ArtifactStore:
    """The artifact store that the gateway reads."""
    return ArtifactStore.open(ArtifactSettings(artifact_store_url=servers.folder.artifacts.as_uri()))


@pytest.fixture
def workflow_id() -> str:
    """The id of a report that no other test knows."""
    return f"report-{uuid4()}"
