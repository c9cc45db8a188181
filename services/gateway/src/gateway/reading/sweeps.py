"""What the last sweep between the stores found, as its workflow tells it."""

import time
from datetime import datetime, timedelta

from pydantic import BaseModel
from temporalio.client import Client

SCHEDULE_ID = "reconcile-reports"
# The sweep runs every five minutes.
CACHE_TIME = timedelta(seconds=20)
RPC_TIMEOUT = timedelta(seconds=1.5)


class Found(BaseModel):
    """How many of a kind a sweep found."""

    finding: str
    times: int


class Sweep(BaseModel):
    """The last sweep that ended: when it began and what it found (nothing: all is well)."""

    began_at: datetime
    found: list[Found] = []


class SweepResult(BaseModel):
    """What the sweep's workflow returns."""

    found: dict[str, int]


class SweepFigures:
    """Asks Temporal for the result of the schedule's last run."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._last: Sweep | None = None
        self._asked_at = 0.0

    async def look(self) -> Sweep:
        """Give the last sweep, at most `CACHE_TIME` ago.

        Raises:
            RPCError: Temporal does not answer.
            LookupError: no sweep has ended yet.

        """
        if self._last is None or time.monotonic() - self._asked_at >= CACHE_TIME.total_seconds():
            self._last = await self._ask()
            self._asked_at = time.monotonic()
        return self._last

    async def _ask(self) -> Sweep:
        # Newest first; the one that is under way has no result yet.
        runs = self._client.list_workflows(
            f"TemporalScheduledById = '{SCHEDULE_ID}' AND ExecutionStatus = 'Completed'",
            page_size=1,
            limit=1,
            rpc_timeout=RPC_TIMEOUT,
        )
        async for run in runs:
            handle = self._client.get_workflow_handle(run.id, run_id=run.run_id, result_type=SweepResult)
            result: SweepResult = await handle.result(follow_runs=False, rpc_timeout=RPC_TIMEOUT)
            found = [Found(finding=finding, times=times) for finding, times in result.found.items()]
            return Sweep(began_at=run.start_time, found=found)
        raise LookupError("no sweep has ended yet")
