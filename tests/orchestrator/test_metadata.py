"""A report's row follows the report, and never goes back once the report has ended."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import asyncpg
import pytest
from temporalio.common import RetryPolicy
from temporalio.testing import ActivityEnvironment

from contracts.artifacts import ArtifactRef
from contracts.failures import Failure, FailureCode
from contracts.live import LiveStatus, LiveWaitReason
from contracts.reports import ReportRecord, ReportStatus, Step, TokenUsage
from contracts.subjects import Subject
from llm_worker.setup import MIGRATIONS, MIGRATIONS_TABLE
from local_stack import LocalStack
from orchestrator.metadata import Metadata
from runtime import database
from runtime.database import DatabaseSettings
from tests.orchestrator.records import a_record

ONE_CALL = """
INSERT INTO llm_calls (call_id, workflow_id, tenant_id, revision, attempt, api, provider, model,
    idempotency_key, finished_at, input_tokens, output_tokens, cost_usd, outcome)
VALUES ($1, $2, 'default', 1, 1, 'chat_completions', 'localhost', 'm', 'k', now(), 10, 100, $3, 'unusable')
"""
NOBODY_LISTENS = "postgresql://nobody@127.0.0.1:1/nothing"
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def row(pool: asyncpg.Pool, record: ReportRecord) -> asyncpg.Record:
    found = await pool.fetchrow("SELECT * FROM reports WHERE workflow_id = $1", record.workflow_id)
    assert found is not None
    return found


async def test_a_later_state_replaces_an_earlier_one(pool: asyncpg.Pool) -> None:
    running = a_record(ReportStatus.RUNNING, request_id="follows")
    pdf = ArtifactRef(key="k", sha256="a" * 64, size=3, content_type="application/pdf")
    completed = a_record(
        ReportStatus.COMPLETED,
        request_id="follows",
        title="The Aral Sea",
        pdf=pdf,
        pages=3,
        usage=TokenUsage(input_tokens=1, output_tokens=2),
        cost_usd=Decimal("0.000000123"),
    )
    store = Metadata(pool).store_report_metadata
    await store(running)
    await store(completed)
    await store(completed)

    stored = await row(pool, running)
    assert (stored["status"], stored["title"], stored["pages"]) == ("COMPLETED", "The Aral Sea", 3)
    assert stored["cost_usd"] == Decimal("0.000000123")
    assert ArtifactRef.model_validate_json(stored["pdf"]) == pdf


@pytest.mark.parametrize("ended", [ReportStatus.COMPLETED, ReportStatus.FAILED, ReportStatus.CANCELLED])
@pytest.mark.parametrize("late", [ReportStatus.RUNNING, ReportStatus.WAITING_FOR_REVIEW])
async def test_a_late_write_does_not_reopen_an_ended_report(
    pool: asyncpg.Pool, ended: ReportStatus, late: ReportStatus
) -> None:
    request_id = uuid4().hex
    store = Metadata(pool).store_report_metadata
    await store(a_record(ended, request_id=request_id))
    await store(a_record(late, request_id=request_id))
    assert (await row(pool, a_record(ended, request_id=request_id)))["status"] == ended


async def test_a_report_that_failed_costs_what_its_calls_cost(
    pool: asyncpg.Pool, servers: LocalStack
) -> None:
    record = a_record(ReportStatus.FAILED, cost_usd=Decimal(0))
    store = Metadata(pool).store_report_metadata
    await store(record)
    assert (await row(pool, record))["cost_usd"] == 0

    settings = DatabaseSettings(database_url=servers.database_url)
    await database.migrate(settings, MIGRATIONS, table=MIGRATIONS_TABLE)
    for cost in ("0.5", "0.25"):
        await pool.execute(ONE_CALL, uuid4(), record.workflow_id, Decimal(cost))
    await store(record)
    stored = await row(pool, record)
    assert (stored["input_tokens"], stored["output_tokens"], stored["cost_usd"]) == (20, 200, Decimal("0.75"))


async def test_what_a_model_writes_cannot_keep_a_row_from_being_stored(pool: asyncpg.Pool) -> None:
    record = a_record(
        ReportStatus.FAILED,
        title="a\x00b",
        failure=Failure(code=FailureCode.INTERNAL_ERROR, message="c\x00d"),
    )
    await Metadata(pool).store_report_metadata(record)
    stored = await row(pool, record)
    assert stored["title"] == "ab"
    assert Failure.model_validate_json(stored["failure"]).message == "cd"


async def test_those_who_watch_a_report_end_are_told_of_a_database_that_is_away(pool: asyncpg.Pool) -> None:
    told: list[LiveStatus] = []

    async def tell(_: Subject[LiveStatus], status: LiveStatus) -> bool:
        told.append(status)
        return True

    environment = ActivityEnvironment()
    environment.info = replace(
        environment.info, attempt=3, retry_policy=RetryPolicy(initial_interval=timedelta(seconds=10))
    )
    record = a_record(ReportStatus.COMPLETED, request_id=uuid4().hex)
    async with asyncpg.create_pool(NOBODY_LISTENS, min_size=0) as away:
        with pytest.raises(OSError, match="Connect"):
            await environment.run(Metadata(away, tell).store_report_metadata, record)
    await environment.run(Metadata(pool, tell).store_report_metadata, record)
    [waiting] = told
    assert (waiting.step, waiting.attempt) == (Step.STORE_REPORT_METADATA, 3)
    assert waiting.wait is not None
    assert waiting.wait.reason is LiveWaitReason.DATABASE
    assert waiting.wait.until is not None
    assert timedelta(seconds=35) < waiting.wait.until - waiting.occurred_at <= timedelta(seconds=41)
