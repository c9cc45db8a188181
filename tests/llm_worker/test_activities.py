"""Protects the promise of the step: paid for once, alive while it waits, closed at once when cancelled."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from contracts.activities.llm import LlmCallInput, LlmCallOutput, StoredAnswer
from contracts.artifacts import answer_key
from contracts.failures import FailureCode
from contracts.live import LiveText
from contracts.reports import ReportKey, TokenUsage
from contracts.subjects import Subject
from llm_worker.activities import LlmCall
from llm_worker.answers import Answers
from llm_worker.prices import Prices
from llm_worker.providers.chat_completions import open_chat_completions
from llm_worker.settings import LlmSettings
from llm_worker.writing import MAX_CHARACTERS_PER_TOKEN, Writer
from runtime.artifacts import ArtifactStore
from tests.llm_simulator import Behaviour, Event, Fault, LlmSimulator, sample_report

QUESTION = "What caused the decline of the Aral Sea?"
REPORT = ReportKey(workflow_id="report-1", request_id="1")
CALL = LlmCallInput(report=REPORT, prompt=QUESTION)


class Watcher:
    """Everything that was shown while it was written."""

    def __init__(self) -> None:
        self.text = ""
        self.attempts: set[int] = set()

    async def publish(self, _: Subject[LiveText], message: LiveText) -> bool:
        self.text = self.text[: message.offset] + message.text
        self.attempts.add(message.attempt)
        return True


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


@pytest.fixture
async def llm(settings: LlmSettings, answers: Answers, watcher: Watcher) -> AsyncIterator[LlmCall]:
    async with open_chat_completions(settings) as provider:
        writer = Writer(
            provider, Prices.from_settings(settings), fallback_model="asked-for", max_output_tokens=4096
        )
        yield LlmCall(writer, answers, watcher.publish)


def store_retries() -> float:
    return REGISTRY.get_sample_value("llm_answer_store_retries_total") or 0.0


async def run(llm: LlmCall, call: LlmCallInput = CALL, attempt: int = 1) -> LlmCallOutput:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt)
    return await environment.run(llm.llm_call, call)


async def test_the_answer_is_shown_stored_and_returned(
    simulator: LlmSimulator, llm: LlmCall, store: ArtifactStore, watcher: Watcher
) -> None:
    await simulator.script(Behaviour(model="answered-2026"))
    output = await run(llm, attempt=4)
    asked, billed = await simulator.wait_for(Event.BILLED)
    usage = TokenUsage(input_tokens=billed.prompt_tokens, output_tokens=billed.completion_tokens)
    assert (output.title, output.model, output.usage) == (QUESTION, "answered-2026", usage)
    assert output.cost_usd == (2 * usage.input_tokens + 8 * usage.output_tokens) / Decimal(1_000_000)
    assert asked.stream
    assert (await store.get(output.draft)).decode() == sample_report(QUESTION)
    assert (watcher.text, watcher.attempts) == (sample_report(QUESTION), {4})


async def test_an_answer_in_the_store_is_returned_and_nobody_is_called(
    simulator: LlmSimulator, llm: LlmCall
) -> None:
    first = await run(llm)
    assert await run(llm, attempt=2) == first
    assert await simulator.calls() == 1


async def test_another_revision_is_another_call_that_knows_the_draft_and_the_instructions(
    simulator: LlmSimulator, llm: LlmCall
) -> None:
    first = await run(llm)
    revision = LlmCallInput(
        report=REPORT.at_revision(2),
        prompt=QUESTION,
        previous_draft=first.draft,
        instructions=["Mention cotton"],
    )
    second = await run(llm, revision)
    assert second.draft.key != first.draft.key
    prompt = (await simulator.wait_for(Event.BILLED, 2))[-1].prompt
    assert sample_report(QUESTION).strip() in prompt
    assert "Mention cotton" in prompt


async def test_of_two_answers_the_one_stored_first_stands(answers: Answers) -> None:
    one, other = (
        StoredAnswer(text=text, title="T", model="m", usage=TokenUsage(), finish_reason="stop")
        for text in ("one", "other")
    )
    assert await answers.keep(REPORT, one) == one
    assert await answers.keep(REPORT, other) == one


async def test_it_stays_alive_while_the_provider_is_silent_and_cancelling_hangs_up(
    simulator: LlmSimulator, llm: LlmCall, answers: Answers
) -> None:
    await simulator.script(Behaviour(fault=Fault.STALL))
    environment, heartbeats = ActivityEnvironment(), asyncio.Semaphore(0)
    environment.on_heartbeat = lambda *_: heartbeats.release()
    running = asyncio.create_task(environment.run(llm.llm_call, CALL))
    await simulator.wait_for(Event.HELD)
    for _ in range(3):
        await heartbeats.acquire()
    environment.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await simulator.wait_for(Event.BILLED))[-1].outcome == "abandoned"
    assert await answers.find(REPORT) is None


@pytest.mark.parametrize(
    ("behaviour", "code", "final", "delay"),
    [
        (
            Behaviour(fault=Fault.STATUS, status=429, retry_after="20"),
            FailureCode.PROVIDER_RATE_LIMITED,
            False,
            timedelta(seconds=20),
        ),
        (Behaviour(fault=Fault.STATUS, status=401), FailureCode.PROVIDER_REJECTED_KEY, True, None),
        (Behaviour(fault=Fault.CUT), FailureCode.PROVIDER_UNAVAILABLE, False, None),
        (Behaviour(fault=Fault.EMPTY), FailureCode.PROVIDER_ANSWER_INVALID, False, None),
        (Behaviour(text="<think>only</think>\n"), FailureCode.PROVIDER_ANSWER_INVALID, False, None),
        (
            Behaviour(fault=Fault.EMPTY, finish_reason="content_filter"),
            FailureCode.PROVIDER_REJECTED_REQUEST,
            True,
            None,
        ),
    ],
)
async def test_a_fault_reaches_temporal_with_its_code_and_its_wait(  # noqa: PLR0917 - fixtures, and columns
    simulator: LlmSimulator,
    llm: LlmCall,
    behaviour: Behaviour,
    code: FailureCode,
    final: bool,  # noqa: FBT001 - a column of the table
    delay: timedelta | None,
) -> None:
    await simulator.script(behaviour)
    with pytest.raises(ApplicationError) as raised:
        await run(llm)
    error = raised.value
    assert (error.type, error.non_retryable, error.next_retry_delay) == (code, final, delay)
    assert await run(llm, attempt=2)
    assert await simulator.calls() == 2


async def test_an_endpoint_that_ignores_the_token_limit_is_cut(
    simulator: LlmSimulator, settings: LlmSettings, answers: Answers, watcher: Watcher
) -> None:
    # The simulator keeps to the limit that it is sent; this one is only ours.
    await simulator.script(Behaviour(text="# T\n" + "word " * 1000, chunk_chars=10))
    async with open_chat_completions(settings) as provider:
        writer = Writer(
            provider, Prices.from_settings(settings), fallback_model="asked-for", max_output_tokens=10
        )
        output = await run(LlmCall(writer, answers, watcher.publish))
    limit = 10 * MAX_CHARACTERS_PER_TOKEN
    assert limit < len(watcher.text) <= limit + 10
    assert (output.finish_reason, output.title, output.cost_usd) == ("length", "T", None)


async def test_a_paid_answer_waits_for_the_store_and_is_not_paid_for_again(
    simulator: LlmSimulator, llm: LlmCall, store_folder: Path
) -> None:
    await simulator.script(Behaviour(fault=Fault.HANG))
    before = store_retries()
    running = asyncio.create_task(run(llm))
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
async def test_a_damaged_answer_is_named_and_nobody_is_called(
    simulator: LlmSimulator, llm: LlmCall, store: ArtifactStore, damage: bytes
) -> None:
    key = answer_key(REPORT.tenant_id, REPORT.workflow_id, REPORT.revision)
    await store.put_once(key, damage, "application/json")
    with pytest.raises(ApplicationError) as raised:
        await run(llm)
    assert (raised.value.type, raised.value.non_retryable) == (FailureCode.INTERNAL_ERROR, True)
    assert await simulator.calls() == 0
