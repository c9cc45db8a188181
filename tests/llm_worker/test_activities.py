"""Protects the promise of the step: paid for once, alive while it waits, closed at once when cancelled."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from contracts.activities.llm import LlmCallInput, StoredAnswer
from contracts.artifacts import answer_key
from contracts.failures import FailureCode
from contracts.reports import ReportKey, TokenUsage
from llm_worker.activities import LlmCall
from llm_worker.answers import Answers
from llm_worker.bookkeeping import MOST_UNUSABLE
from llm_worker.heartbeat import Sighting
from llm_worker.settings import LlmSettings
from llm_worker.writing import MAX_CHARACTERS_PER_TOKEN
from runtime.artifacts import ArtifactStore
from tests.llm_simulator import Behaviour, Event, Fault, LlmSimulator, sample_report
from tests.llm_worker.attempts import QUESTION, Desk, Watcher, environment, run


@pytest.fixture
async def llm(settings: LlmSettings, desk: Desk) -> AsyncIterator[LlmCall]:
    async with desk.llm(settings) as wired:
        yield wired


def store_retries() -> float:
    return REGISTRY.get_sample_value("llm_answer_store_retries_total") or 0.0


async def test_the_answer_is_shown_stored_and_returned(
    simulator: LlmSimulator, llm: LlmCall, call: LlmCallInput, store: ArtifactStore, watcher: Watcher
) -> None:
    await simulator.script(Behaviour(model="answered-2026"))
    output = await run(llm, call, attempt=4)
    asked, billed = await simulator.wait_for(Event.BILLED)
    usage = TokenUsage(input_tokens=billed.prompt_tokens, output_tokens=billed.completion_tokens)
    assert (output.title, output.model, output.usage) == (QUESTION, "answered-2026", usage)
    assert output.cost_usd == (2 * usage.input_tokens + 8 * usage.output_tokens) / Decimal(1_000_000)
    assert asked.stream
    assert (await store.get(output.draft)).decode() == sample_report(QUESTION)
    assert (watcher.text, watcher.attempts) == (sample_report(QUESTION), {4})


async def test_an_answer_in_the_store_is_returned_and_nobody_is_called(
    simulator: LlmSimulator, llm: LlmCall, call: LlmCallInput
) -> None:
    first = await run(llm, call)
    assert await run(llm, call, attempt=2) == first
    assert await simulator.calls() == 1


@pytest.mark.parametrize("api", ["chat_completions", "responses"])
async def test_a_character_sent_in_halves_is_put_together(  # noqa: PLR0917 - fixtures, and a column
    simulator: LlmSimulator, settings: LlmSettings, desk: Desk, call: LlmCallInput, watcher: Watcher, api: str
) -> None:
    """As servers do that count as UTF-16 does; the halves alone could not even be stored."""
    text = "# Smile \U0001f600\n"
    await simulator.script(Behaviour(text=text, chunk_chars=1, utf16=True))
    async with desk.llm(settings.model_copy(update={"llm_api": api})) as llm:
        output = await run(llm, call)
    assert (output.title, watcher.text) == ("Smile \U0001f600", text)
    assert await simulator.calls() == 1


async def test_unusable_answers_are_not_paid_for_without_end(
    simulator: LlmSimulator, llm: LlmCall, call: LlmCallInput
) -> None:
    """A model that thinks until its tokens are used up does so every time."""
    await simulator.always(Behaviour(text="<think>and never comes to an end"))
    for attempt in range(1, MOST_UNUSABLE + 1):
        with pytest.raises(ApplicationError) as raised:
            await run(llm, call, attempt=attempt)
        assert raised.value.type == FailureCode.PROVIDER_ANSWER_INVALID
        assert raised.value.non_retryable == (attempt == MOST_UNUSABLE)


async def test_another_revision_is_another_call_that_knows_the_draft_and_the_instructions(
    simulator: LlmSimulator, llm: LlmCall, call: LlmCallInput, report: ReportKey
) -> None:
    first = await run(llm, call)
    revision = LlmCallInput(
        report=report.at_revision(2),
        prompt=QUESTION,
        previous_draft=first.draft,
        instructions=["Mention cotton"],
    )
    second = await run(llm, revision)
    assert second.draft.key != first.draft.key
    prompt = (await simulator.wait_for(Event.BILLED, 2))[-1].prompt
    assert sample_report(QUESTION).strip() in prompt
    assert "Mention cotton" in prompt


async def test_of_two_answers_the_one_stored_first_stands(answers: Answers, report: ReportKey) -> None:
    one, other = (
        StoredAnswer(text=text, title="T", model="m", usage=TokenUsage(), finish_reason="stop")
        for text in ("one", "other")
    )
    assert await answers.keep(report, one, Sighting().wait_for_store) == one
    assert await answers.keep(report, other, Sighting().wait_for_store) == one


async def test_it_stays_alive_while_the_provider_is_silent_and_cancelling_hangs_up(
    simulator: LlmSimulator, llm: LlmCall, call: LlmCallInput, report: ReportKey, answers: Answers
) -> None:
    await simulator.script(Behaviour(fault=Fault.STALL))
    attempt, heartbeats = environment(), asyncio.Semaphore(0)
    attempt.on_heartbeat = lambda *_: heartbeats.release()
    running = asyncio.create_task(attempt.run(llm.llm_call, call))
    await simulator.wait_for(Event.HELD)
    for _ in range(3):
        await heartbeats.acquire()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await simulator.wait_for(Event.BILLED))[-1].outcome == "abandoned"
    assert await answers.find(report) is None


@pytest.mark.parametrize(
    ("behaviour", "code", "final"),
    [
        (Behaviour(fault=Fault.STATUS, status=401), FailureCode.PROVIDER_REJECTED_KEY, True),
        (Behaviour(fault=Fault.ERROR_EVENT), FailureCode.PROVIDER_UNAVAILABLE, False),
        (Behaviour(fault=Fault.EMPTY), FailureCode.PROVIDER_ANSWER_INVALID, False),
        (Behaviour(text="<think>only</think>\n"), FailureCode.PROVIDER_ANSWER_INVALID, False),
        (
            Behaviour(fault=Fault.EMPTY, finish_reason="content_filter"),
            FailureCode.PROVIDER_REJECTED_REQUEST,
            True,
        ),
    ],
)
@pytest.mark.parametrize("api", ["chat_completions", "responses"])
async def test_a_fault_reaches_temporal_with_its_code(  # noqa: PLR0917 - fixtures, and columns
    simulator: LlmSimulator,
    settings: LlmSettings,
    desk: Desk,
    call: LlmCallInput,
    api: str,
    behaviour: Behaviour,
    code: FailureCode,
    final: bool,  # noqa: FBT001 - a column of the table
) -> None:
    await simulator.script(behaviour)
    async with desk.llm(settings.model_copy(update={"llm_api": api})) as llm:
        with pytest.raises(ApplicationError) as raised:
            await run(llm, call)
        error = raised.value
        assert (error.type, error.non_retryable, error.next_retry_delay) == (code, final, None)
        assert error.category is ApplicationErrorCategory.UNSPECIFIED
        assert await run(llm, call, attempt=2)
    assert await simulator.calls() == 2


async def test_a_wait_that_the_provider_asks_for_is_no_failure(
    simulator: LlmSimulator, llm: LlmCall, call: LlmCallInput
) -> None:
    await simulator.script(Behaviour(fault=Fault.STATUS, status=429, retry_after="20"))
    with pytest.raises(ApplicationError) as raised:
        await run(llm, call)
    error = raised.value
    assert (error.type, error.category) == (
        FailureCode.PROVIDER_RATE_LIMITED,
        ApplicationErrorCategory.BENIGN,
    )
    assert error.message.startswith("The model's provider asked us to wait 20 s.")
    assert error.next_retry_delay is not None
    assert timedelta(seconds=20) <= error.next_retry_delay <= timedelta(seconds=22)
    assert not error.non_retryable


async def test_a_wait_longer_than_the_step_may_take_does_not_end_it(
    simulator: LlmSimulator, llm: LlmCall, call: LlmCallInput
) -> None:
    """Temporal fails a step at once whose next attempt would be too late."""
    await simulator.script(Behaviour(fault=Fault.STATUS, status=429, retry_after="86400"))
    with pytest.raises(ApplicationError) as raised:
        await run(llm, call)
    assert raised.value.next_retry_delay is not None
    assert raised.value.next_retry_delay < timedelta(hours=2)


@pytest.mark.parametrize("api", ["chat_completions", "responses"])
async def test_an_endpoint_that_ignores_the_token_limit_is_cut(  # noqa: PLR0917 - fixtures
    simulator: LlmSimulator,
    settings: LlmSettings,
    desk: Desk,
    call: LlmCallInput,
    watcher: Watcher,
    api: str,
) -> None:
    # The simulator counts four characters a token and keeps to the limit that it is sent: here words are
    # longer than any tokenizer's.
    limit = 20 * MAX_CHARACTERS_PER_TOKEN
    await simulator.script(Behaviour(text="# T\n" + "word " * 1000, chunk_chars=10, keeps_limit=False))
    async with desk.llm(settings.model_copy(update={"llm_api": api, "llm_max_output_tokens": 20})) as llm:
        output = await run(llm, call)
    assert limit < len(watcher.text) <= limit + 10
    assert (output.finish_reason, output.title) == ("length", "T")


async def test_a_paid_answer_waits_for_the_store_and_is_not_paid_for_again(
    simulator: LlmSimulator, llm: LlmCall, call: LlmCallInput, store_folder: Path
) -> None:
    await simulator.script(Behaviour(fault=Fault.HANG))
    before = store_retries()
    running = asyncio.create_task(run(llm, call))
    await simulator.wait_for(Event.HELD)
    away = store_folder.with_name("away")
    store_folder.rename(away)
    store_folder.write_text("a file where the folder was")
    await simulator.release()
    while store_retries() == before:  # noqa: ASYNC110 - a counter has no event to wait for
        await asyncio.sleep(0.01)
    store_folder.unlink()
    away.rename(store_folder)
    output = await running
    assert output.title == QUESTION
    assert await simulator.calls() == 1


@pytest.mark.parametrize("damage", [b"{", json.dumps({"text": 1}).encode()])
async def test_a_damaged_answer_is_named_and_nobody_is_called(  # noqa: PLR0917 - fixtures
    simulator: LlmSimulator,
    llm: LlmCall,
    call: LlmCallInput,
    report: ReportKey,
    store: ArtifactStore,
    damage: bytes,
) -> None:
    key = answer_key(report.tenant_id, report.workflow_id, report.revision)
    await store.put_once(key, damage, "application/json")
    with pytest.raises(ApplicationError) as raised:
        await run(llm, call)
    assert (raised.value.type, raised.value.non_retryable) == (FailureCode.INTERNAL_ERROR, True)
    assert await simulator.calls() == 0
