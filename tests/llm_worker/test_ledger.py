"""Protects the books: a line for every call, true about its end and its cost, and one pause for all."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from contracts.activities.llm import LlmCallInput
from contracts.reports import ReportKey
from llm_worker.bills import Accountant, Outcome
from llm_worker.ledger import LONGEST_PAUSE, Endpoint, Ledger, LedgerCall, Paused
from llm_worker.prices import Prices
from llm_worker.prompts import ask_for_report
from llm_worker.providers.provider import Api
from llm_worker.settings import LlmSettings
from tests.llm_simulator import Behaviour, Event, Fault, LlmSimulator
from tests.llm_worker.attempts import QUESTION, Desk, Lines, run

CONVERSATION = ask_for_report(QUESTION)
ACCOUNTANT = Accountant(Prices(Decimal(2), Decimal(8)))
UNPRICED = Accountant(Prices(None, Decimal(8)))


@pytest.fixture
def ledger(pool: asyncpg.Pool) -> Ledger:
    """A ledger for a provider that no other test calls."""
    return Ledger(pool, Endpoint(f"{uuid4()}.example", "m"))


async def begin(ledger: Ledger, report: ReportKey, attempt: int = 1) -> LedgerCall:
    begun = await ledger.begin(report, attempt, Api.CHAT_COMPLETIONS)
    assert isinstance(begun, LedgerCall)
    return begun


@pytest.mark.parametrize(
    ("behaviour", "outcome", "estimated"),
    [
        (Behaviour(), "answered", False),
        (Behaviour(usage=False), "answered", True),
        (Behaviour(fault=Fault.STATUS, status=401), "rejected", False),
        (Behaviour(fault=Fault.STATUS, status=429), "rate_limited", False),
        (Behaviour(fault=Fault.STATUS, status=503), "unavailable", False),
        (Behaviour(fault=Fault.CUT), "cut", True),
        (Behaviour(fault=Fault.GARBAGE), "unusable", True),
        (Behaviour(fault=Fault.STALL), "cut", True),
        (Behaviour(text="<think>only</think>"), "unusable", False),
    ],
    ids=lambda value: f"{value.fault}-{value.status}" if isinstance(value, Behaviour) else "",
)
async def test_each_ending_has_its_line_and_its_tokens(  # noqa: PLR0917 - fixtures, and columns
    simulator: LlmSimulator,
    settings: LlmSettings,
    desk: Desk,
    call: LlmCallInput,
    lines: Lines,
    behaviour: Behaviour,
    outcome: str,
    estimated: bool,  # noqa: FBT001 - a column of the table
) -> None:
    await simulator.script(behaviour)
    async with desk.llm(settings.model_copy(update={"llm_idle_timeout_seconds": 0.3})) as llm:
        try:
            await run(llm, call)
        except ApplicationError:
            assert outcome != "answered"
    billed = (await simulator.wait_for(Event.BILLED))[-1]
    [line] = await lines.all()
    assert (line["outcome"], line["estimated"], line["api"]) == (outcome, estimated, "chat_completions")
    tokens = line["input_tokens"], line["output_tokens"]
    assert tokens == (billed.prompt_tokens, billed.completion_tokens) or (
        # Joined by blank lines here, message by message there.
        estimated and abs(tokens[0] - billed.prompt_tokens) <= 2 and tokens[1] == billed.completion_tokens
    )
    assert line["cost_usd"] == (2 * tokens[0] + 8 * tokens[1]) / Decimal(1_000_000)
    assert line["started_at"] <= line["finished_at"]
    assert (line["model"], line["provider"]) == ("asked-for", f"127.0.0.1:{simulator.port}")


async def test_a_report_costs_what_all_its_calls_cost(
    simulator: LlmSimulator, settings: LlmSettings, desk: Desk, call: LlmCallInput, lines: Lines
) -> None:
    await simulator.script(Behaviour(fault=Fault.CUT, after_chunks=8))
    async with desk.llm(settings) as llm:
        with pytest.raises(ApplicationError):
            await run(llm, call)
        output = await run(llm, call, attempt=2)
        again = await run(llm, call, attempt=3)
    cut, answered = await lines.all()
    assert (cut["attempt"], cut["outcome"], answered["attempt"]) == (1, "cut", 2)
    assert output.usage.output_tokens == cut["output_tokens"] + answered["output_tokens"]
    assert output.cost_usd == cut["cost_usd"] + answered["cost_usd"]
    assert again == output


async def test_a_line_that_a_dead_worker_left_is_closed_by_the_next_attempt(
    settings: LlmSettings, desk: Desk, call: LlmCallInput, lines: Lines, simulator: LlmSimulator
) -> None:
    dead = Ledger(desk.pool, Endpoint(f"127.0.0.1:{simulator.port}", "asked-for"))
    left = await begin(dead, call.report)
    heard = {"call_id": str(left.call_id), "received_characters": 400}
    async with desk.llm(settings) as llm:
        await run(llm, call, attempt=2, heartbeat_details=[heard])
    abandoned, answered = await lines.all()
    assert (abandoned["outcome"], abandoned["estimated"]) == ("abandoned", True)
    assert abandoned["output_tokens"] == 100
    # The dead call may have reached the provider unseen, so the next one goes by the same name.
    assert answered["idempotency_key"] == abandoned["idempotency_key"]
    asked = (await simulator.wait_for(Event.ASKED))[0]
    assert asked.idempotency_key == answered["idempotency_key"]


async def test_an_answer_that_was_stored_but_not_booked_is_booked_by_the_next_attempt(
    settings: LlmSettings, desk: Desk, call: LlmCallInput, lines: Lines, simulator: LlmSimulator
) -> None:
    async with desk.llm(settings) as llm:
        first = await run(llm, call)
        await desk.pool.execute(
            "UPDATE llm_calls SET outcome = NULL, finished_at = NULL, output_tokens = 0, cost_usd = NULL "
            "WHERE workflow_id = $1",
            call.report.workflow_id,
        )
        assert await run(llm, call, attempt=2) == first
    assert await lines.outcomes() == ["answered"]
    assert await simulator.calls() == 1


async def test_a_call_given_up_for_dead_that_answers_after_all_is_booked_as_it_was(
    ledger: Ledger, report: ReportKey, lines: Lines
) -> None:
    begun = await begin(ledger, report)
    assert await ledger.settle(begun.call_id, ACCOUNTANT.settle(Outcome.ABANDONED, CONVERSATION, 40))
    assert await ledger.settle(begun.call_id, ACCOUNTANT.settle(Outcome.ANSWERED, CONVERSATION, 80))
    assert not await ledger.settle(begun.call_id, ACCOUNTANT.settle(Outcome.ABANDONED, CONVERSATION, 0))
    [line] = await lines.all()
    assert (line["outcome"], line["output_tokens"]) == ("answered", 20)


async def test_a_cost_is_unknown_when_a_price_is(ledger: Ledger, report: ReportKey) -> None:
    refused = await begin(ledger, report)
    await ledger.settle(refused.call_id, UNPRICED.free(Outcome.RATE_LIMITED))
    assert (await ledger.total(report)).bill == ACCOUNTANT.free(Outcome.REJECTED).bill
    answered = await begin(ledger, report)
    await ledger.settle(answered.call_id, UNPRICED.settle(Outcome.ANSWERED, CONVERSATION, 4))
    total = (await ledger.total(report)).bill
    assert (total.usage.output_tokens, total.cost_usd) == (1, None)


async def test_a_pause_holds_for_everyone_and_ends(
    simulator: LlmSimulator, settings: LlmSettings, desk: Desk, call: LlmCallInput, lines: Lines
) -> None:
    await simulator.script(Behaviour(fault=Fault.STATUS, status=429, retry_after="1"))
    async with desk.llm(settings) as one, desk.llm(settings) as other:
        with pytest.raises(ApplicationError):
            await run(one, call)
        with pytest.raises(ApplicationError) as raised:
            await run(other, call)
        assert raised.value.category is ApplicationErrorCategory.BENIGN
        assert raised.value.message == "The model's provider asked us to wait 1 s."
        assert raised.value.next_retry_delay is not None
        assert await simulator.calls() == 1
        await asyncio.sleep(raised.value.next_retry_delay.total_seconds())
        await run(other, call)
    assert await lines.outcomes() == ["rate_limited", "answered"]


async def test_a_pause_is_for_one_provider_and_model_and_has_an_end(
    ledger: Ledger, pool: asyncpg.Pool, report: ReportKey
) -> None:
    await ledger.pause(timedelta(days=9))
    await ledger.pause(timedelta(seconds=1))
    paused = await ledger.begin(report, 1, Api.RESPONSES)
    assert isinstance(paused, Paused)
    assert timedelta(minutes=50) < paused.wait <= LONGEST_PAUSE
    await begin(Ledger(pool, Endpoint(ledger.endpoint.provider, "another model")), report)


async def test_without_its_tables_it_waits_and_says_so(ledger: Ledger, pool: asyncpg.Pool) -> None:
    """As before the setup step, and like any time that the database is away."""
    report = ReportKey(workflow_id=f"report-{uuid4()}", request_id="r")
    said: asyncio.Queue[bool] = asyncio.Queue()

    def note(*, waits: bool) -> None:
        said.put_nowait(waits)

    await pool.execute("ALTER TABLE llm_calls RENAME TO llm_calls_away")
    try:
        beginning = asyncio.create_task(ledger.begin(report, 1, Api.RESPONSES, note))
        assert await said.get() is True
    finally:
        await pool.execute("ALTER TABLE llm_calls_away RENAME TO llm_calls")
    assert isinstance(await beginning, LedgerCall)
    while await said.get():
        pass
