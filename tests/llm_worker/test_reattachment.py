"""Protects the money: an answer that was begun is gone on with, and what nobody will read is stopped."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.activity import ActivityCancellationDetails
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from contracts.activities.llm import LlmCallInput
from contracts.failures import FailureCode
from contracts.reports import ReportKey
from llm_worker.activities import LlmCall
from llm_worker.outcomes import HANDED_OVER
from llm_worker.settings import LlmSettings
from tests.llm_simulator import Background, Behaviour, Event, Fault, LlmSimulator, Rule, sample_report
from tests.llm_worker.attempts import QUESTION, Desk, Lines, Watcher, environment, run

TIMED_OUT = ActivityCancellationDetails(timed_out=True)


async def lose_an_attempt(simulator: LlmSimulator, llm: LlmCall, call: LlmCallInput) -> list[Any]:
    """Begin to write and be given up by Temporal in the middle; give the last that it heard."""
    attempt, heard = environment(), asyncio.Queue[Any]()
    attempt.on_heartbeat = heard.put_nowait
    running = asyncio.create_task(attempt.run(llm.llm_call, call))
    await simulator.wait_for(Event.HELD)
    last: dict[str, Any] = {}
    while not last.get("shown_characters"):
        last = await heard.get()
    attempt.cancel(TIMED_OUT)
    with pytest.raises(asyncio.CancelledError):
        await running
    return [last]


async def test_the_next_attempt_goes_on_with_the_same_response_and_text(  # noqa: PLR0917 - fixtures
    simulator: LlmSimulator,
    in_background: LlmSettings,
    desk: Desk,
    call: LlmCallInput,
    watcher: Watcher,
    lines: Lines,
) -> None:
    await simulator.script(Behaviour(fault=Fault.STALL))
    async with desk.llm(in_background) as llm:
        heard = await lose_an_attempt(simulator, llm, call)
        await simulator.release()
        output = await run(llm, call, attempt=2, heartbeat_details=heard)
    assert watcher.text == sample_report(QUESTION)
    went_on_at = next(offset for attempt, offset in watcher.offsets if attempt == 2)
    assert went_on_at == heard[0]["shown_characters"] > 0
    assert await simulator.calls() == 1
    billed = next(entry for entry in await simulator.ledger() if entry.event is Event.BILLED)
    [line] = await lines.all()
    assert (line["outcome"], line["attempt"], line["reattachments"]) == ("answered", 1, 1)
    assert (line["input_tokens"], line["output_tokens"], line["estimated"]) == (
        billed.prompt_tokens,
        billed.completion_tokens,
        False,
    )
    assert line["response_id"] == billed.response_id == heard[0]["response_id"]
    assert (output.usage.output_tokens, output.cost_usd) == (billed.completion_tokens, line["cost_usd"])


async def test_the_ledger_alone_is_enough_to_go_on(
    simulator: LlmSimulator, in_background: LlmSettings, desk: Desk, call: LlmCallInput, watcher: Watcher
) -> None:
    """A worker that is killed right after its first word has not been heard."""
    await simulator.script(Behaviour(fault=Fault.STALL))
    async with desk.llm(in_background) as llm:
        await lose_an_attempt(simulator, llm, call)
        await simulator.release()
        await run(llm, call, attempt=2)
    assert watcher.text == sample_report(QUESTION)
    assert await simulator.calls() == 1


async def test_a_response_that_is_gone_is_asked_for_again(  # noqa: PLR0917 - fixtures
    simulator: LlmSimulator,
    in_background: LlmSettings,
    desk: Desk,
    call: LlmCallInput,
    watcher: Watcher,
    lines: Lines,
) -> None:
    await simulator.script(Behaviour(fault=Fault.STALL))
    async with desk.llm(in_background) as llm:
        heard = await lose_an_attempt(simulator, llm, call)
        await simulator.forget(heard[0]["response_id"])
        output = await run(llm, call, attempt=2, heartbeat_details=heard)
    assert watcher.text == sample_report(QUESTION)
    expired, answered = await lines.all()
    assert (expired["outcome"], expired["estimated"], answered["outcome"]) == ("expired", True, "answered")
    assert expired["output_tokens"] == heard[0]["received_characters"] / 4
    assert output.usage.output_tokens == expired["output_tokens"] + answered["output_tokens"]
    assert output.cost_usd == expired["cost_usd"] + answered["cost_usd"]
    assert await simulator.calls() == 2


async def let_go(simulator: LlmSimulator, llm: LlmCall, call: LlmCallInput) -> None:
    """Begin to write and be cancelled in the middle, as by a pause or by the report's end."""
    await simulator.script(Behaviour(fault=Fault.STALL))
    attempt = environment()
    running = asyncio.create_task(attempt.run(llm.llm_call, call))
    await simulator.wait_for(Event.HELD)
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_call_that_is_let_go_and_discarded_is_stopped_at_the_provider(  # noqa: PLR0917 - fixtures
    simulator: LlmSimulator,
    in_background: LlmSettings,
    desk: Desk,
    call: LlmCallInput,
    lines: Lines,
    report: ReportKey,
) -> None:
    async with desk.llm(in_background) as llm:
        await let_go(simulator, llm, call)
        assert await lines.outcomes() == [None]
        await environment().run(llm.discard_llm_call, report)
        await environment().run(llm.discard_llm_call, report)
    billed = (await simulator.wait_for(Event.BILLED))[-1]
    [line] = await lines.all()
    assert (billed.outcome, line["outcome"], line["estimated"]) == ("cancelled", "cancelled", False)
    assert (line["input_tokens"], line["output_tokens"]) == (billed.prompt_tokens, billed.completion_tokens)


async def test_a_call_that_is_let_go_is_read_on_by_the_next_in_the_background(  # noqa: PLR0917 - fixtures
    simulator: LlmSimulator,
    in_background: LlmSettings,
    desk: Desk,
    call: LlmCallInput,
    lines: Lines,
    watcher: Watcher,
) -> None:
    async with desk.llm(in_background) as llm:
        await let_go(simulator, llm, call)
        await simulator.release()
        await run(llm, call)
    assert await simulator.calls() == 1
    [line] = await lines.all()
    assert (line["outcome"], line["reattachments"]) == ("answered", 1)
    assert watcher.text == sample_report(QUESTION)


async def test_a_call_that_is_let_go_is_closed_on_chat_completions(
    simulator: LlmSimulator, settings: LlmSettings, desk: Desk, call: LlmCallInput, lines: Lines
) -> None:
    async with desk.llm(settings) as llm:
        await let_go(simulator, llm, call)
        assert [entry.outcome for entry in await simulator.wait_for(Event.BILLED)][-1] == "abandoned"
        output = await run(llm, call)
    stopped, answered = await lines.all()
    assert (stopped["outcome"], stopped["estimated"], answered["outcome"]) == ("cancelled", True, "answered")
    assert output.usage.output_tokens == stopped["output_tokens"] + answered["output_tokens"]


async def test_an_answer_that_is_complete_is_kept_although_it_is_let_go(
    simulator: LlmSimulator, settings: LlmSettings, desk: Desk, call: LlmCallInput, store_folder: Path
) -> None:
    """It has been paid for: whoever asks again, or looks at the report later, finds it."""
    await simulator.script(Behaviour(fault=Fault.HANG))
    attempt, heard = environment(), asyncio.Queue[Any]()
    attempt.on_heartbeat = heard.put_nowait
    async with desk.llm(settings) as llm:
        running = asyncio.create_task(attempt.run(llm.llm_call, call))
        await simulator.wait_for(Event.HELD)
        away = store_folder.rename(store_folder.with_name("away"))
        store_folder.write_text("a file where the folder was")
        await simulator.release()
        while not (await heard.get())["answered"]:
            pass
        attempt.cancel()
        store_folder.unlink()
        away.rename(store_folder)
        first = await running
        assert await run(llm, call) == first
    assert await simulator.calls() == 1


async def test_a_runaway_answer_is_stopped_at_the_provider(
    simulator: LlmSimulator, in_background: LlmSettings, desk: Desk, call: LlmCallInput, lines: Lines
) -> None:
    await simulator.script(
        Behaviour(text="word " * 2000, chunk_chars=100, chunk_delay=0.05, keeps_limit=False)
    )
    async with desk.llm(in_background.model_copy(update={"llm_max_output_tokens": 16})) as llm:
        output = await run(llm, call)
    billed = (await simulator.wait_for(Event.BILLED))[-1]
    [line] = await lines.all()
    assert (output.finish_reason, billed.outcome, line["outcome"]) == ("length", "cancelled", "answered")
    assert line["output_tokens"] == billed.completion_tokens < 2500


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
async def test_a_worker_that_stops_hands_its_call_over(  # noqa: PLR0917 - fixtures
    simulator: LlmSimulator,
    settings: LlmSettings,
    desk: Desk,
    call: LlmCallInput,
    lines: Lines,
    api: str,
) -> None:
    """In the background at once and unpaid; else after the time that a call is given to finish."""
    await simulator.script(Behaviour(fault=Fault.STALL))
    grace = timedelta(seconds=0.2 if api == "chat_completions" else 60)
    attempt = environment()
    async with desk.llm(settings.model_copy(update={"llm_api": api}), finish_on_stop=grace) as llm:
        running = asyncio.create_task(attempt.run(llm.llm_call, call))
        await simulator.wait_for(Event.HELD)
        if api == "responses":
            await lines.until_response_is_noted()
        attempt.worker_shutdown()
        with pytest.raises(ApplicationError) as raised:
            await running
        assert (raised.value.type, raised.value.non_retryable) == (HANDED_OVER, False)
        assert raised.value.category is ApplicationErrorCategory.BENIGN
        await simulator.release()
        await run(llm, call, attempt=2)
    expected = ["answered"] if api == "responses" else ["handed_over", "answered"]
    assert await lines.outcomes() == expected
    assert await simulator.calls() == len(expected)


async def test_a_call_that_cannot_be_handed_over_is_given_time_to_finish(
    simulator: LlmSimulator, settings: LlmSettings, desk: Desk, call: LlmCallInput, lines: Lines
) -> None:
    await simulator.script(Behaviour(fault=Fault.STALL))
    attempt = environment()
    async with desk.llm(settings) as llm:
        running = asyncio.create_task(attempt.run(llm.llm_call, call))
        await simulator.wait_for(Event.HELD)
        attempt.worker_shutdown()
        await simulator.release()
        assert (await running).title == QUESTION
    assert await lines.outcomes() == ["answered"]


@pytest.mark.parametrize(
    ("behaviour", "outcomes"),
    [
        (Behaviour(background=Background.REFUSED), ["rejected", "answered"]),
        (Behaviour(fault=Fault.STATUS, status=404), ["rejected", "answered"]),
        (Behaviour(background=Background.IGNORED), ["answered"]),
    ],
    ids=["refused", "no such API", "ignored"],
)
async def test_a_server_without_background_is_served_and_remembered(  # noqa: PLR0917 - fixtures
    simulator: LlmSimulator,
    in_background: LlmSettings,
    desk: Desk,
    call: LlmCallInput,
    report: ReportKey,
    lines: Lines,
    behaviour: Behaviour,
    outcomes: list[str],
) -> None:
    await simulator.rules(Rule(behaviour=behaviour, endpoint="/v1/responses", times=None))
    async with desk.llm(in_background) as llm:
        await run(llm, call)
        assert await lines.outcomes() == outcomes
        await run(llm, call.model_copy(update={"report": report.at_revision(2)}))
    asked = [entry.endpoint for entry in await simulator.ledger() if entry.event is Event.ASKED]
    assert asked.count("/v1/responses") == 1
    assert asked[-1] == "/v1/chat/completions"


async def test_a_wrong_model_is_not_taken_for_a_missing_api(
    simulator: LlmSimulator, in_background: LlmSettings, desk: Desk, call: LlmCallInput
) -> None:
    await simulator.always(Behaviour(fault=Fault.STATUS, status=404, error_code="model_not_found"))
    async with desk.llm(in_background) as llm:
        with pytest.raises(ApplicationError) as raised:
            await run(llm, call)
    assert (raised.value.type, raised.value.non_retryable) == (FailureCode.MODEL_NOT_FOUND, True)
    assert await simulator.calls() == 1


@pytest.mark.parametrize("piece", ["<think>secret</think>", "<thi", "<think>secret"])
async def test_thoughts_do_not_reach_the_report(
    simulator: LlmSimulator, in_background: LlmSettings, desk: Desk, call: LlmCallInput, piece: str
) -> None:
    await simulator.script(Behaviour(text=f"<think>plan</think># Title\n\nText. {piece}", chunk_chars=3))
    async with desk.llm(in_background) as llm:
        output = await run(llm, call)
    text = await desk.answers.read_draft(output.draft)
    assert "secret" not in text
    assert "plan" not in text
    assert text.startswith("# Title\n\nText.")
