"""Protects the step against what happens to real workers: killed, stopped, cancelled, without a database."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

import asyncpg
import psutil
import pytest
import pytest_asyncio
from nats.aio.msg import Msg
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.worker import Worker

from contracts.activities.llm import LlmCallInput, LlmCallOutput
from contracts.live import LiveText
from contracts.reports import ReportKey
from contracts.subjects import live_text
from local_stack import LocalStack
from local_stack.catalogue import LLM_WORKER
from runtime import bus, durable
from runtime.bus import Bus, BusSettings
from runtime.durable import TemporalSettings
from tests.llm_simulator import Behaviour, Event, Fault, LlmSimulator, sample_report
from tests.llm_worker.attempts import QUESTION, Lines
from tests.llm_worker.one_call import WORKFLOWS_QUEUE, OneCall

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEXT_PORT = count(20)
STALL = Behaviour(fault=Fault.STALL)


@dataclass
class Scene:
    """The servers, the provider, and reports that are asked for."""

    servers: LocalStack
    provider: LlmSimulator
    temporal: Client
    pool: asyncpg.Pool
    connection: Bus

    @asynccontextmanager
    async def worker(self, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run a worker process until the end of the block, however it is ended."""
        port = self.servers.ports.process(next(NEXT_PORT))
        settings = self.servers.service_environment(LLM_WORKER, http_port=port) | {
            "OPENAI_API_KEY": "k",
            "OPENAI_BASE_URL": self.provider.base_url,
            "LLM_MODEL": "asked-for",
            "LOG_LEVEL": "warning",
            **environment,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "llm_worker", "worker", env=settings
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def ask(self) -> tuple[WorkflowHandle[OneCall, LlmCallOutput], Lines]:
        """Ask for a report."""
        request_id = str(uuid4())
        report = ReportKey(workflow_id=f"report-{request_id}", request_id=request_id)
        handle = await self.temporal.start_workflow(
            OneCall.run,
            LlmCallInput(report=report, prompt=QUESTION),
            id=report.workflow_id,
            task_queue=WORKFLOWS_QUEUE,
        )
        return handle, Lines(self.pool, report)

    async def held(self) -> None:
        """Wait until one more call stands in the middle of its answer."""
        seen = sum(entry.event is Event.HELD for entry in await self.provider.ledger())
        await self.provider.wait_for(Event.HELD, max(seen, 1))

    async def billed(self) -> list[str | None]:
        """Give how the provider ended each call that it billed."""
        return [entry.outcome for entry in await self.provider.ledger() if entry.event is Event.BILLED]


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
