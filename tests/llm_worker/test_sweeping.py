"""Protects against calls that nobody comes back to: written on and billed, without a line that says so."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from temporalio.client import Client

from contracts.activities.llm import LlmCallInput
from contracts.reports import ReportKey
from llm_worker.bills import Accountant
from llm_worker.bookkeeping import Bookkeeping
from llm_worker.ledger import Endpoint, Ledger
from llm_worker.prices import Prices
from llm_worker.providers.choice import open_providers, provider_host
from llm_worker.settings import LlmSettings
from llm_worker.sweeping import Sweep
from local_stack import LocalStack
from runtime import durable
from runtime.durable import TemporalSettings
from tests.llm_simulator import Behaviour, Event, Fault, LlmSimulator
from tests.llm_worker.attempts import Desk, Lines, environment
from tests.llm_worker.one_call import OneCall
from tests.llm_worker.test_reattachment import TIMED_OUT

NOW = timedelta(0)


@pytest.fixture
async def temporal(servers: LocalStack) -> Client:
    return await durable.connect(TemporalSettings(temporal_address=servers.temporal_address))


async def leave_a_call(
    simulator: LlmSimulator, desk: Desk, settings: LlmSettings, call: LlmCallInput
) -> None:
    """Begin a call and be given up by Temporal in the middle of it."""
    await simulator.script(Behaviour(fault=Fault.STALL))
    attempt = environment()
    async with desk.llm(settings) as llm:
        running = asyncio.create_task(attempt.run(llm.llm_call, call))
        await simulator.wait_for(Event.HELD)
        await Lines(desk.pool, call.report).until_response_is_noted()
        attempt.cancel(TIMED_OUT)
        with pytest.raises(asyncio.CancelledError):
            await running


async def sweep(settings: LlmSettings, pool: asyncpg.Pool, temporal: Client) -> int:
    async with open_providers(settings) as providers:
        ledger = Ledger(pool, Endpoint(provider_host(settings), settings.llm_model))
        books = Bookkeeping(ledger, Accountant(Prices.from_settings(settings)), providers.background)
        return await Sweep(ledger, books, temporal).sweep(NOW)


async def test_only_calls_of_reports_that_have_ended_are_stopped_and_closed(  # noqa: PLR0917 - fixtures
    simulator: LlmSimulator,
    in_background: LlmSettings,
    desk: Desk,
    call: LlmCallInput,
    report: ReportKey,
    lines: Lines,
    temporal: Client,
) -> None:
    handle = await temporal.start_workflow(
        OneCall.run, call, id=report.workflow_id, task_queue="a queue that nobody serves"
    )
    await leave_a_call(simulator, desk, in_background, call)
    assert await sweep(in_background, desk.pool, temporal) == 0
    assert await lines.outcomes() == [None]
    await handle.terminate()
    assert await sweep(in_background, desk.pool, temporal) == 1
    billed = (await simulator.wait_for(Event.BILLED))[-1]
    [line] = await lines.all()
    assert (billed.outcome, line["outcome"], line["estimated"]) == ("cancelled", "abandoned", False)
    assert line["output_tokens"] == billed.completion_tokens
    assert await sweep(in_background, desk.pool, temporal) == 0
