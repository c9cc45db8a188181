"""Protects those who watch: what a call has taken and what it waits for is told, as it is in the ledger."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from contracts.activities.llm import LlmCallInput
from contracts.live import LiveStatus, LiveWaitReason
from contracts.reports import Step
from llm_worker.settings import LlmSettings
from tests.llm_simulator import Behaviour, Event, Fault, LlmSimulator
from tests.llm_worker.attempts import Desk, Lines, Watcher, environment, run

FIRST_RETRY = timedelta(seconds=8)


def retried(attempt: int = 1) -> ActivityEnvironment:
    """Make an attempt that Temporal would repeat."""
    made = environment(attempt)
    made.info = replace(made.info, retry_policy=RetryPolicy(initial_interval=FIRST_RETRY))
    return made


async def until_shown(watcher: Watcher, condition: Callable[[LiveStatus], bool]) -> LiveStatus:
    while not watcher.statuses or not condition(watcher.statuses[-1]):
        watcher.told.clear()
        await watcher.told.wait()
    return watcher.statuses[-1]


async def test_tokens_and_cost_grow_while_it_is_written_and_end_as_billed(  # noqa: PLR0917 - fixtures
    simulator: LlmSimulator,
    settings: LlmSettings,
    desk: Desk,
    call: LlmCallInput,
    watcher: Watcher,
    lines: Lines,
) -> None:
    await simulator.script(Behaviour(fault=Fault.STALL))
    async with desk.llm(settings) as llm:
        running = asyncio.create_task(run(llm, call))
        await simulator.wait_for(Event.HELD)
        midway = await until_shown(watcher, lambda status: status.usage.output_tokens > 0)
        await simulator.release()
        output = await running
    assert midway.usage_estimated
    assert 0 < midway.usage.output_tokens < output.usage.output_tokens
    assert midway.usage.input_tokens > 0
    assert midway.cost_usd is not None
    assert midway.cost_usd > 0
    last = watcher.statuses[-1]
    assert (last.usage, last.cost_usd, last.usage_estimated) == (output.usage, output.cost_usd, False)
    assert (last.step, last.revision, last.wait) == (Step.LLM_CALL, 1, None)
    [line] = await lines.all()
    assert last.usage.output_tokens == line["output_tokens"]


async def test_nothing_is_published_while_nothing_changes(
    simulator: LlmSimulator, settings: LlmSettings, desk: Desk, call: LlmCallInput, watcher: Watcher
) -> None:
    await simulator.script(Behaviour(fault=Fault.STALL))
    attempt, heartbeats = environment(), asyncio.Queue[object]()
    attempt.on_heartbeat = heartbeats.put_nowait
    async with desk.llm(settings) as llm:
        running = asyncio.create_task(attempt.run(llm.llm_call, call))
        await simulator.wait_for(Event.HELD)
        await until_shown(watcher, lambda status: status.usage.output_tokens > 0)
        told = len(watcher.statuses)
        # A heartbeat is sent as often as the status is looked at.
        for _ in range(heartbeats.qsize() + 3):
            await heartbeats.get()
        assert len(watcher.statuses) == told
        await simulator.release()
        await running


async def test_a_failed_attempt_says_when_it_is_tried_again_and_what_it_cost(
    simulator: LlmSimulator, settings: LlmSettings, desk: Desk, call: LlmCallInput, watcher: Watcher
) -> None:
    await simulator.script(Behaviour(fault=Fault.CUT, after_chunks=5))
    async with desk.llm(settings) as llm:
        with pytest.raises(ApplicationError):
            await retried().run(llm.llm_call, call)
        failed = watcher.statuses[-1]
        output = await retried(attempt=2).run(llm.llm_call, call)
    assert failed.wait is not None
    assert failed.wait.reason is LiveWaitReason.RETRY
    assert failed.wait.until is not None
    assert timedelta(0) < failed.wait.until - datetime.now(UTC) <= FIRST_RETRY
    assert failed.usage.output_tokens > 0
    again = next(status for status in watcher.statuses if status.attempt == 2)
    assert again.wait is None
    assert again.usage.output_tokens >= failed.usage.output_tokens
    assert watcher.statuses[-1].usage == output.usage


async def test_a_wait_that_the_provider_asks_for_is_told_to_all_who_keep_it(
    simulator: LlmSimulator, settings: LlmSettings, desk: Desk, call: LlmCallInput, watcher: Watcher
) -> None:
    own = settings.model_copy(update={"llm_model": "limited-for-this-test"})
    await simulator.script(Behaviour(fault=Fault.STATUS, status=429, retry_after="20"))
    async with desk.llm(own) as llm:
        for attempt in (1, 2):
            with pytest.raises(ApplicationError):
                await retried(attempt).run(llm.llm_call, call)
    assert await simulator.calls() == 1
    for attempt in (1, 2):
        told = [status for status in watcher.statuses if status.attempt == attempt][-1]
        assert told.wait is not None
        assert told.wait.reason is LiveWaitReason.RATE_LIMIT
        assert told.wait.until is not None
        assert timedelta(seconds=15) < told.wait.until - told.occurred_at < timedelta(seconds=23)
        assert "wait" in told.wait.message
        assert told.cost_usd == 0


async def test_what_is_not_tried_again_is_not_waited_for(
    simulator: LlmSimulator, settings: LlmSettings, desk: Desk, call: LlmCallInput, watcher: Watcher
) -> None:
    await simulator.script(Behaviour(fault=Fault.STATUS, status=401))
    async with desk.llm(settings) as llm:
        with pytest.raises(ApplicationError):
            await retried().run(llm.llm_call, call)
    assert [status.wait for status in watcher.statuses] == [None] * len(watcher.statuses)


async def test_a_watcher_who_cannot_be_told_does_not_disturb_the_call(
    simulator: LlmSimulator, settings: LlmSettings, desk: Desk, call: LlmCallInput
) -> None:
    class Deaf(Watcher):
        async def tell(self, *_: object) -> bool:
            raise ConnectionError("nobody listens")

    async with replace(desk, watcher=Deaf()).llm(settings) as llm:
        output = await run(llm, call)
    assert output.usage.output_tokens > 0
    assert await simulator.calls() == 1
