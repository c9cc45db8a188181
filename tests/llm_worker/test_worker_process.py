"""Protects the step against what happens to real workers: killed, stopped, cancelled, without a database."""

import signal

import psutil
import pytest
from nats.aio.msg import Msg
from temporalio.client import WorkflowFailureError

from contracts.live import LiveText
from contracts.subjects import live_text
from tests.llm_simulator import Behaviour, Fault, sample_report
from tests.llm_worker.attempts import QUESTION
from tests.llm_worker.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")

STALL = Behaviour(fault=Fault.STALL)


class Viewer:
    """Follows the rule of `LiveText`, and notices text that it cannot place."""

    def __init__(self) -> None:
        self.text = ""
        self.gaps = 0

    async def take(self, message: Msg) -> None:
        live = LiveText.model_validate_json(message.data)
        self.gaps += live.offset > len(self.text)
        self.text = self.text[: live.offset] + live.text


async def test_a_worker_killed_in_the_middle_is_followed_by_one_that_goes_on(scene: Scene) -> None:
    await scene.provider.script(STALL)
    viewer = Viewer()
    async with scene.worker(LLM_API="responses") as first:
        handle, lines = await scene.ask()
        await scene.connection.nats.subscribe(live_text(handle.id).name, cb=viewer.take)
        await scene.held()
        await lines.until_response_is_noted()
        first.kill()
        await first.wait()
    await scene.provider.release()
    async with scene.worker(LLM_API="responses"):
        output = await handle.result()
    assert await scene.provider.calls() == 1
    assert await scene.billed() == ["answered"]
    [line] = await lines.all()
    assert (line["outcome"], line["reattachments"]) == ("answered", 1)
    assert output.usage.output_tokens == line["output_tokens"]
    assert (viewer.text, viewer.gaps) == (sample_report(QUESTION), 0)


async def test_a_worker_killed_on_chat_completions_is_paid_twice_and_the_ledger_says_so(scene: Scene) -> None:
    await scene.provider.script(STALL)
    async with scene.worker() as first:
        handle, lines = await scene.ask()
        await scene.held()
        first.kill()
        await first.wait()
    async with scene.worker():
        output = await handle.result()
    abandoned, answered = await lines.all()
    assert (abandoned["outcome"], answered["outcome"]) == ("abandoned", "answered")
    assert abandoned["estimated"]
    assert output.usage.output_tokens == abandoned["output_tokens"] + answered["output_tokens"]
    assert await scene.provider.calls() == 2


async def test_stopping_hands_over_and_cancelling_stops_the_provider(scene: Scene) -> None:
    await scene.provider.script(STALL, STALL)
    async with scene.worker(LLM_API="responses") as first:
        handle, lines = await scene.ask()
        await scene.held()
        await lines.until_response_is_noted()
        first.send_signal(signal.SIGTERM)
        assert await first.wait() == 0
    async with scene.worker(LLM_API="responses"):
        await lines.until(lambda line: line["reattachments"] == 1)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert await scene.billed() == ["cancelled"]
    assert await lines.outcomes() == ["cancelled"]
    assert await scene.provider.calls() == 1


async def test_a_database_that_goes_away_only_delays(scene: Scene) -> None:
    """The answer that arrives meanwhile is neither lost nor paid for again, and its line is closed."""
    await scene.provider.script(STALL)
    async with scene.worker(LLM_API="responses"):
        handle, lines = await scene.ask()
        await scene.held()
        pid = scene.servers.processes["postgres"].pid
        assert pid is not None
        database = psutil.Process(pid)
        for process in [database, *database.children()]:
            process.kill()
        await scene.provider.release()
        output = await handle.result()
    assert output.title == QUESTION
    assert await scene.provider.calls() == 1
    assert await lines.outcomes() == ["answered"]
