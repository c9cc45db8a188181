"""Real worker processes, and reports that are asked of them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

import asyncpg
from temporalio.client import Client, WorkflowHandle

from contracts.activities.llm import LlmCallInput, LlmCallOutput
from contracts.reports import ReportKey
from local_stack import LocalStack
from local_stack.catalogue import LLM_WORKER
from runtime.bus import Bus
from tests.llm_simulator import Event, LlmSimulator
from tests.llm_worker.attempts import QUESTION, Lines
from tests.llm_worker.one_call import WORKFLOWS_QUEUE, OneCall

NEXT_PORT = count(20)


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
