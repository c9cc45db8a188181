"""The reports that schedules have had made."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
from pydantic import BaseModel

from contracts.failures import Failure
from contracts.reports import ReportStatus
from gateway.reading.database import fetch

RUNS_SHOWN = 5

LAST_RUNS = """
SELECT runs.* FROM unnest($2::text[]) AS wanted(schedule_id), LATERAL (
    SELECT schedule_id, workflow_id, status, title, failure, accepted_at, finished_at FROM reports
    WHERE tenant_id = $1 AND reports.schedule_id = wanted.schedule_id
    ORDER BY accepted_at DESC, workflow_id DESC LIMIT $3
) AS runs
"""


class ScheduleRun(BaseModel):
    """One run: its report, and what came of it."""

    workflow_id: str
    status: ReportStatus
    title: str | None
    failure: Failure | None
    accepted_at: datetime
    finished_at: datetime | None


class ScheduleRuns:
    """Runs of one tenant's schedules at a time."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def last(
        self, tenant_id: str, schedule_ids: Sequence[str], count: int = RUNS_SHOWN
    ) -> Mapping[str, list[ScheduleRun]]:
        """Give the newest runs of each schedule, newest first.

        Raises:
            RecordsUnavailableError: the database does not answer.

        """
        runs: dict[str, list[ScheduleRun]] = defaultdict(list)
        for row in await fetch(self._pool, LAST_RUNS, tenant_id, list(schedule_ids), count):
            fields = dict(row) | {"failure": json.loads(row["failure"]) if row["failure"] else None}
            runs[fields.pop("schedule_id")].append(ScheduleRun.model_validate(fields))
        return runs
