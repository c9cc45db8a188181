from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from temporalio.worker import Worker

from contracts.activities.llm import LlmCallInput
from contracts.reports import ReportKey
from llm_worker import setup
from llm_worker.answers import Answers
from llm_worker.settings import ApiChoice, LlmSettings
from local_stack import LocalStack, Server, StackSettings, free_port_offset
from orchestrator import topology
from runtime import bus, database, durable
from runtime.artifacts import ArtifactSettings, ArtifactStore
from runtime.bus import BusSettings
from runtime.database import DatabaseSettings
from runtime.durable import TemporalSettings
from tests.llm_simulator import LlmSimulator
from tests.llm_worker.attempts import QUESTION, Desk, Lines, Watcher
from tests.llm_worker.one_call import WORKFLOWS_QUEUE, OneCall
from tests.llm_worker.scene import Scene


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def servers() -> AsyncIterator[LocalStack]:
    """NATS, Temporal and PostgreSQL with streams and the ledger's tables, and no service."""
    wanted = {Server.NATS, Server.TEMPORAL, Server.POSTGRES}
    async with AsyncExitStack() as resources:
        # Not pytest's own folder: the next run closes it to the account that PostgreSQL runs as.
        folder = resources.enter_context(TemporaryDirectory(prefix="llm-worker-"))
        settings = StackSettings(data_dir=Path(folder) / "data", port_offset=free_port_offset())
        stack = await resources.enter_async_context(LocalStack(settings, servers=wanted, services=()))
        async with bus.connect(BusSettings(nats_url=stack.nats_url), name="setup") as connection:
            await topology.apply(connection.jetstream)
        where = DatabaseSettings(database_url=stack.database_url)
        await database.migrate(where, setup.MIGRATIONS, table=setup.MIGRATIONS_TABLE)
        yield stack


@pytest.fixture
async def pool(servers: LocalStack) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(servers.database_url, min_size=1, max_size=4) as opened:
        yield opened


@pytest.fixture
async def simulator() -> AsyncIterator[LlmSimulator]:
    async with LlmSimulator() as running:
        yield running


@pytest.fixture
def settings(simulator: LlmSimulator) -> LlmSettings:
    return LlmSettings.model_validate(
        {
            "openai_api_key": "k",
            "openai_base_url": simulator.base_url,
            "llm_model": "asked-for",
            "llm_input_price_per_mtok": "2",
            "llm_output_price_per_mtok": "8",
        }
    )


@pytest.fixture
def in_background(settings: LlmSettings) -> LlmSettings:
    return settings.model_copy(update={"llm_api": ApiChoice.RESPONSES})


@pytest.fixture
def store_folder(tmp_path: Path) -> Path:
    return tmp_path / "artifacts"


@pytest.fixture
def store(store_folder: Path) -> ArtifactStore:
    return ArtifactStore.open(ArtifactSettings(artifact_store_url=store_folder.as_uri()))


@pytest.fixture
def answers(store: ArtifactStore) -> Answers:
    return Answers(store)


@pytest.fixture
def report() -> ReportKey:
    """A report that no other test knows."""
    request_id = str(uuid4())
    return ReportKey(workflow_id=f"report-{request_id}", request_id=request_id)


@pytest.fixture
def call(report: ReportKey) -> LlmCallInput:
    return LlmCallInput(report=report, prompt=QUESTION)


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


@pytest.fixture
def lines(pool: asyncpg.Pool, report: ReportKey) -> Lines:
    return Lines(pool, report)


@pytest.fixture
def desk(pool: asyncpg.Pool, answers: Answers, watcher: Watcher) -> Desk:
    return Desk(pool, answers, watcher)


@pytest_asyncio.fixture(loop_scope="session")
async def scene(servers: LocalStack) -> AsyncIterator[Scene]:
    temporal = await durable.connect(TemporalSettings(temporal_address=servers.temporal_address))
    async with (
        LlmSimulator() as provider,
        asyncpg.create_pool(servers.database_url, min_size=1, max_size=2) as pool,
        bus.connect(BusSettings(nats_url=servers.nats_url), name="test") as connection,
        Worker(temporal, task_queue=WORKFLOWS_QUEUE, workflows=[OneCall]),
    ):
        yield Scene(servers, provider, temporal, pool, connection)
