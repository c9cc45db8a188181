"""Closes the lines of calls whose report ended without them, and stops those calls at the provider."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import structlog
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from llm_worker.bookkeeping import Bookkeeping
from llm_worker.ledger import Ledger
from llm_worker.metrics import ORPHANS
from runtime.background import beside
from runtime.database import PASSING_ERRORS

SWEEP_INTERVAL = timedelta(minutes=1)
# An attempt that has just begun, or just ended, closes its own line.
ORPHAN_AGE = timedelta(minutes=1)

log = structlog.get_logger(__name__)


class Sweep:
    """Looks for calls that no attempt comes back to: cancelled between attempts, or with a dead worker."""

    def __init__(self, ledger: Ledger, books: Bookkeeping, temporal: Client) -> None:
        self._ledger = ledger
        self._books = books
        self._temporal = temporal

    async def sweep(self, age: timedelta = ORPHAN_AGE) -> int:
        """Close what was opened longer than `age` ago for reports that have ended; give how many."""
        closed = 0
        for workflow_id, call in await self._ledger.open_since(age):
            if await self._has_ended(workflow_id):
                await self._books.close_orphan(call)
                ORPHANS.inc()
                closed += 1
                log.info("llm_call.orphan_closed", workflow_id=workflow_id, response_id=call.response_id)
        return closed

    async def sweep_forever(self) -> None:
        """Sweep at intervals; an outage passes one over."""
        while True:
            await asyncio.sleep(SWEEP_INTERVAL.total_seconds())
            try:
                await self.sweep()
            except (RPCError, asyncpg.PostgresError, *PASSING_ERRORS) as error:
                log.warning("llm_call.sweep_failed", error=type(error).__name__)

    async def _has_ended(self, workflow_id: str) -> bool:
        try:
            run = await self._temporal.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return True
            raise
        return run.status is not WorkflowExecutionStatus.RUNNING


@asynccontextmanager
async def sweeping(sweep: Sweep) -> AsyncIterator[None]:
    """Sweep while the context is open."""
    async with beside(sweep.sweep_forever()):
        yield
