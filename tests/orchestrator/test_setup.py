"""The setup step can run again, at any time, without changing or losing anything."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from contracts import subjects
from local_stack import LocalStack
from orchestrator.setup import set_up
from orchestrator.topology import REQUEST_RETENTION, WORKFLOW_RETENTION
from runtime import database, durable
from runtime.bus import Bus
from runtime.database import DatabaseSettings
from runtime.durable import TemporalSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_running_it_again_keeps_what_the_streams_hold(
    servers: LocalStack, connection: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connection.jetstream.publish("reports.v1.live.report-kept", b"{}")
    before = await connection.jetstream.stream_info(subjects.LIVE_STREAM)
    monkeypatch.setenv("NATS_URL", servers.nats_url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", servers.temporal_address)
    monkeypatch.setenv("DATABASE_URL", servers.database_url)
    await set_up()
    after = await connection.jetstream.stream_info(subjects.LIVE_STREAM)
    assert after.state.messages == before.state.messages > 0


async def test_temporal_remembers_for_longer_than_a_request_can_come_again(servers: LocalStack) -> None:
    client = await durable.connect(TemporalSettings(temporal_address=servers.temporal_address))
    request = DescribeNamespaceRequest(namespace=client.namespace)
    described = await client.workflow_service.describe_namespace(request)
    kept = described.config.workflow_execution_retention_ttl.ToTimedelta()
    assert kept == WORKFLOW_RETENTION
    assert kept > REQUEST_RETENTION


async def test_a_migration_is_applied_once_however_many_begin_at_a_time(
    servers: LocalStack, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    """Every replica of a first deployment may run the setup step."""
    sql = "-- migrate:up\nSELECT pg_sleep(0.2);\nCREATE TABLE made_once ();\n-- migrate:down\n"
    (tmp_path / "20261122000001_make_once.sql").write_text(sql)
    settings = DatabaseSettings(database_url=servers.database_url)
    both = (database.migrate(settings, tmp_path, table="made_once_migrations") for _ in range(2))
    await asyncio.gather(*both)
    assert await pool.fetchval("SELECT count(*) FROM made_once_migrations") == 1
