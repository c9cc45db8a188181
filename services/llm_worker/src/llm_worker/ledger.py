"""The record of every provider call, opened before the call and closed after it, and the pause all share."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar
from uuid import UUID, uuid4

import asyncpg
import structlog

from contracts.reports import ReportKey, TokenUsage
from llm_worker.bills import Bill, Outcome, Settlement
from llm_worker.ledger_queries import (
    BEGIN,
    CALLS_OF_KNOWN_FATE,
    NOTE_REATTACHMENT,
    NOTE_RESPONSE,
    OPEN_SINCE,
    PAUSE,
    PAUSE_LEFT,
    SETTLE,
    TOTAL,
    UNSETTLED,
    UNUSABLE,
)
from llm_worker.metrics import LEDGER_RETRIES
from llm_worker.providers.provider import Api
from runtime.database import PASSING_ERRORS

FIRST_RETRY = timedelta(milliseconds=200)
LONGEST_RETRY = timedelta(seconds=5)
# A provider's slip must not keep every worker away for ever: after an hour it is asked again.
LONGEST_PAUSE = timedelta(hours=1)
Connection = asyncpg.pool.PoolConnectionProxy
ResultT = TypeVar("ResultT")


class Waiting(Protocol):
    """Told whether the database is waited for."""

    def __call__(self, *, waits: bool) -> None:
        """Take note."""


def _unnoticed(*, waits: bool) -> None:
    """Take no note."""


log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Whom the calls go to: the host of the base URL, and the model asked for."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class LedgerCall:
    """A row that is not closed."""

    call_id: UUID
    api: Api
    endpoint: Endpoint
    key: str
    """The same for a call whose predecessor may have reached the provider unseen."""
    response_id: str | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """What the closed calls of a revision came to; `estimated` when that is so of any of them."""

    bill: Bill
    estimated: bool


@dataclass(frozen=True, slots=True)
class Paused:
    """Nobody may call for this long."""

    wait: timedelta


class Ledger:
    """Rows of `llm_calls` and `llm_pauses`; every method waits for the database as long as it takes."""

    def __init__(self, pool: asyncpg.Pool, endpoint: Endpoint) -> None:
        self._pool = pool
        self.endpoint = endpoint

    async def begin(
        self, report: ReportKey, attempt: int, api: Api, waiting: Waiting = _unnoticed
    ) -> LedgerCall | Paused:
        """Open a row, unless the provider asked all of us to wait."""
        call_id = uuid4()

        async def work(connection: Connection) -> LedgerCall | Paused:
            async with connection.transaction():
                left = await connection.fetchval(PAUSE_LEFT, self.endpoint.provider, self.endpoint.model)
                if left is not None:
                    return Paused(left)
                number = await connection.fetchval(CALLS_OF_KNOWN_FATE, *_place(report))
                call = LedgerCall(
                    call_id, api, self.endpoint, f"{report.workflow_id}.r{report.revision}.{number + 1}"
                )
                await connection.execute(
                    BEGIN,
                    call_id,
                    *_place(report),
                    attempt,
                    api,
                    call.endpoint.provider,
                    call.endpoint.model,
                    call.key,
                )
                return call

        return await self._patiently(work, waiting)

    async def note_response(self, call: LedgerCall, response_id: str) -> None:
        """Keep the id by which a later attempt can have the same answer."""
        await self._patiently(lambda c: c.execute(NOTE_RESPONSE, call.call_id, response_id))

    async def note_reattachment(self, call: LedgerCall) -> None:
        """Count that a later attempt went on with this call."""
        await self._patiently(lambda c: c.execute(NOTE_REATTACHMENT, call.call_id))

    async def settle(self, call_id: UUID, settlement: Settlement, waiting: Waiting = _unnoticed) -> bool:
        """Close a row; one that was closed stays as it is (False), unless it was only given up for dead."""
        tag = await self._patiently(
            lambda c: c.execute(
                SETTLE,
                call_id,
                settlement.outcome,
                settlement.bill.usage.input_tokens,
                settlement.bill.usage.output_tokens,
                settlement.estimated,
                settlement.bill.cost_usd,
                _text(settlement.response_id),
                _text(settlement.model),
                Outcome.ABANDONED,
            ),
            waiting,
        )
        return tag.endswith(" 1")

    async def unsettled(self, report: ReportKey, waiting: Waiting = _unnoticed) -> list[LedgerCall]:
        """Give the rows of a revision that are not closed, newest first."""
        rows = await self._patiently(lambda c: c.fetch(UNSETTLED, *_place(report)), waiting)
        return [_call(row) for row in rows]

    async def unusable(self, report: ReportKey, waiting: Waiting = _unnoticed) -> int:
        """Count the answers of a revision that no report could be made of."""
        place = *_place(report), Outcome.UNUSABLE
        count: int = await self._patiently(lambda c: c.fetchval(UNUSABLE, *place), waiting)
        return count

    async def open_since(self, age: timedelta) -> list[tuple[str, LedgerCall]]:
        """Give workflow ids and rows of calls to this provider that were opened longer ago, oldest first."""
        rows = await self._patiently(lambda c: c.fetch(OPEN_SINCE, self.endpoint.provider, age))
        return [(row["workflow_id"], _call(row)) for row in rows]

    async def total(self, report: ReportKey, waiting: Waiting = _unnoticed) -> Total:
        """Sum up what a revision came to, with every call that was made for it and has ended."""
        [row] = await self._patiently(lambda c: c.fetch(TOTAL, *_place(report)), waiting)
        usage = TokenUsage(input_tokens=row["input_tokens"], output_tokens=row["output_tokens"])
        return Total(Bill(usage, row["cost_usd"]), row["estimated"])

    async def pause(self, wait: timedelta) -> timedelta:
        """Keep every worker from calling this provider and model for so long, at most `LONGEST_PAUSE`.

        Gives how long that is.
        """
        wait = min(wait, LONGEST_PAUSE)
        await self._patiently(lambda c: c.execute(PAUSE, self.endpoint.provider, self.endpoint.model, wait))
        return wait

    async def check(self) -> None:
        """Raise unless the tables can be read."""
        await self._pool.fetchval("SELECT 1 FROM llm_calls LIMIT 1")

    async def _patiently(
        self,
        work: Callable[[Connection], Awaitable[ResultT]],
        waiting: Waiting = _unnoticed,
    ) -> ResultT:
        delay = FIRST_RETRY
        while True:
            try:
                async with self._pool.acquire() as connection:
                    result = await work(connection)
            except PASSING_ERRORS as error:
                LEDGER_RETRIES.inc()
                log.warning("llm_call.database_waiting", error=type(error).__name__)
                waiting(waits=True)
                await asyncio.sleep(delay.total_seconds())
                delay = min(2 * delay, LONGEST_RETRY)
            else:
                waiting(waits=False)
                return result


def _call(row: asyncpg.Record) -> LedgerCall:
    return LedgerCall(
        call_id=row["call_id"],
        api=Api(row["api"]),
        endpoint=Endpoint(row["provider"], row["model"]),
        key=row["idempotency_key"],
        response_id=row["response_id"],
    )


def _place(report: ReportKey) -> tuple[str, str, int]:
    return report.workflow_id, report.tenant_id, report.revision


def _text(value: str | None) -> str | None:
    # PostgreSQL refuses NUL, and a provider may name anything.
    return None if value is None else value.replace("\x00", "")
