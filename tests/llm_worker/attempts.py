"""Attempts of the activity in this process: the real store, ledger and client, and somebody who watches."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import asyncpg
from temporalio.testing import ActivityEnvironment

from contracts.activities.llm import LlmCallInput, LlmCallOutput
from contracts.live import LiveStatus, LiveText
from contracts.reports import ReportKey
from contracts.subjects import Subject
from llm_worker.activities import LlmCall
from llm_worker.answers import Answers
from llm_worker.bills import Accountant
from llm_worker.bookkeeping import Bookkeeping
from llm_worker.ledger import Endpoint, Ledger
from llm_worker.paid_calls import PaidCalls
from llm_worker.prices import Prices
from llm_worker.providers.choice import open_providers, provider_host
from llm_worker.settings import LlmSettings
from llm_worker.writing import Reader

QUESTION = "What caused the decline of the Aral Sea?"


class Watcher:
    """Everything that was shown while it was written, and where each piece began."""

    def __init__(self) -> None:
        self.text = ""
        self.attempts: set[int] = set()
        self.offsets: list[tuple[int, int]] = []
        self.statuses: list[LiveStatus] = []
        self.told = asyncio.Event()

    async def publish(self, _: Subject[LiveText], message: LiveText) -> bool:
        self.text = self.text[: message.offset] + message.text
        self.attempts.add(message.attempt)
        self.offsets.append((message.attempt, message.offset))
        return True

    async def tell(self, _: Subject[LiveStatus], status: LiveStatus) -> bool:
        self.statuses.append(status)
        self.told.set()
        return True


@dataclass
class Desk:
    """Where attempts are made."""

    pool: asyncpg.Pool
    answers: Answers
    watcher: Watcher

    @asynccontextmanager
    async def llm(
        self, settings: LlmSettings, *, finish_on_stop: timedelta = timedelta(seconds=4)
    ) -> AsyncIterator[LlmCall]:
        """Wire the activity as the worker does."""
        async with open_providers(settings) as providers:
            ledger = Ledger(self.pool, Endpoint(provider_host(settings), settings.llm_model))
            books = Bookkeeping(ledger, Accountant(Prices.from_settings(settings)), providers.background)
            reader = Reader(settings.llm_model, settings.llm_max_output_tokens)
            calls = PaidCalls(providers, ledger, books, reader)
            yield LlmCall(
                calls=calls,
                books=books,
                answers=self.answers,
                publish=self.watcher.publish,
                tell=self.watcher.tell,
                finish_on_stop=finish_on_stop,
            )


async def run(
    llm: LlmCall, call: LlmCallInput, attempt: int = 1, heartbeat_details: Sequence[Any] = ()
) -> LlmCallOutput:
    """Make one attempt."""
    return await environment(attempt, heartbeat_details).run(llm.llm_call, call)


def environment(attempt: int = 1, heartbeat_details: Sequence[Any] = ()) -> ActivityEnvironment:
    """Make the surroundings of one attempt."""
    made = ActivityEnvironment()
    made.info = replace(made.info, attempt=attempt, heartbeat_details=list(heartbeat_details))
    return made


@dataclass
class Lines:
    """What the ledger says of one report."""

    pool: asyncpg.Pool
    report: ReportKey

    async def all(self) -> list[asyncpg.Record]:
        """Give every line, oldest first."""
        return await self.pool.fetch(
            "SELECT * FROM llm_calls WHERE workflow_id = $1 ORDER BY started_at", self.report.workflow_id
        )

    async def outcomes(self) -> list[str | None]:
        """Give how each call ended."""
        return [line["outcome"] for line in await self.all()]

    async def until_response_is_noted(self) -> None:
        """Wait until the response of the only call can be found by another worker."""
        await self.until(lambda line: line["response_id"] is not None)

    async def until(self, condition: Callable[[asyncpg.Record], bool]) -> None:
        """Wait until some line is so."""
        while not any(map(condition, await self.all())):  # noqa: ASYNC110 - a row sends no event
            await asyncio.sleep(0.01)
