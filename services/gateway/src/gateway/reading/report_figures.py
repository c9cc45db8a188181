"""How many reports came, ended and failed of late, as the table has them."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

import asyncpg
from pydantic import BaseModel

from gateway.reading.database import fetch

WINDOWS = {timedelta(minutes=5): "5 minutes", timedelta(hours=1): "hour", timedelta(days=1): "day"}
FAILURES_SHOWN = 8

RATES = """
SELECT window_,
       (SELECT count(*) FROM reports WHERE accepted_at > now() - window_) AS accepted,
       count(*) FILTER (WHERE status = 'COMPLETED') AS completed,
       count(*) FILTER (WHERE status = 'FAILED') AS failed,
       count(*) FILTER (WHERE status = 'CANCELLED') AS cancelled,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - accepted_at))
           FILTER (WHERE status = 'COMPLETED' AND mode = 'auto') AS median_seconds,
       sum(cost_usd) AS cost_usd
FROM unnest($1::interval[]) AS window_ LEFT JOIN reports ON finished_at > now() - window_
GROUP BY window_ ORDER BY window_
"""
FAILURES = """
SELECT workflow_id, coalesce(title, prompt) AS name, failure, finished_at
FROM reports WHERE status = 'FAILED' AND finished_at IS NOT NULL
ORDER BY finished_at DESC LIMIT $1
"""
NAME_SHOWN_CHARACTERS = 120


class Throughput(BaseModel):
    """Reports of one span of time: those that came, and those that ended, by how."""

    last: str
    accepted: int
    completed: int
    failed: int
    cancelled: int
    median_seconds: float | None
    cost_usd: Decimal | None


class RecentFailure(BaseModel):
    """A report that failed, with its reason."""

    workflow_id: str
    name: str
    code: str
    message: str
    finished_at: datetime


class Reports(BaseModel):
    """What became of reports of all tenants."""

    throughput: list[Throughput]
    failures: list[RecentFailure]


class ReportFigures:
    """Reads the table `reports`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def look(self) -> Reports:
        """Count reports and name the last that failed.

        Raises:
            RecordsUnavailableError: the database does not answer.

        """
        rates = await fetch(self._pool, RATES, list(WINDOWS))
        failures = await fetch(self._pool, FAILURES, FAILURES_SHOWN)
        return Reports(
            throughput=[_throughput(row) for row in rates], failures=[_failure(row) for row in failures]
        )


def _throughput(row: asyncpg.Record) -> Throughput:
    counts = dict(row)
    return Throughput(last=WINDOWS[counts.pop("window_")], **counts)


def _failure(row: asyncpg.Record) -> RecentFailure:
    failure = json.loads(row["failure"]) if row["failure"] else {}
    return RecentFailure(
        workflow_id=row["workflow_id"],
        name=row["name"][:NAME_SHOWN_CHARACTERS],
        code=failure.get("code", "internal_error"),
        message=failure.get("message", "The reason is not recorded."),
        finished_at=row["finished_at"],
    )
