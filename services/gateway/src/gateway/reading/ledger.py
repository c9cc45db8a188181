"""Reading the ledger of provider calls, which the llm_worker owns and alone writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import asyncpg
from pydantic import BaseModel

from gateway.reading.database import fetch
from gateway.reading.period import BoundedPeriod


class CostsBy(StrEnum):
    """What the costs are told for."""

    DAY = "day"
    MODEL = "model"
    USER = "user"


KEYS = {
    CostsBy.DAY: "to_char(c.started_at AT TIME ZONE $4, 'YYYY-MM-DD')",
    CostsBy.MODEL: "c.model",
    CostsBy.USER: "r.requested_by",
}
# A call that is still open has cost nothing that is known yet.
SPENT = """
SELECT {key} AS key, grouping({key}) = 1 AS is_total,
       count(*) AS calls,
       count(DISTINCT c.workflow_id) AS reports,
       coalesce(sum(c.input_tokens), 0)::bigint AS input_tokens,
       coalesce(sum(c.output_tokens), 0)::bigint AS output_tokens,
       CASE WHEN count(*) = count(c.cost_usd) THEN coalesce(sum(c.cost_usd), 0)
            ELSE sum(c.cost_usd) END AS cost_usd,
       count(*) FILTER (WHERE c.cost_usd IS NULL) AS unpriced_calls,
       count(*) FILTER (WHERE c.estimated) AS estimated_calls,
       count(*) FILTER (WHERE c.outcome <> 'answered') AS unanswered_calls,
       coalesce(sum(c.cost_usd) FILTER (WHERE c.outcome <> 'answered'), 0) AS unanswered_cost_usd
FROM llm_calls c LEFT JOIN reports r USING (workflow_id)
WHERE c.tenant_id = $1 AND c.started_at >= $2 AND c.started_at < $3 AND c.outcome IS NOT NULL
GROUP BY GROUPING SETS (({key}), ())
ORDER BY {order}
"""
CALLS = """
SELECT revision, attempt, provider, model, started_at, finished_at, outcome, reattachments,
       input_tokens, output_tokens, estimated, cost_usd
FROM llm_calls WHERE tenant_id = $1 AND workflow_id = $2 ORDER BY started_at LIMIT 500
"""
LATEST = """
SELECT provider, model, finished_at AS answered_at, cost_usd IS NOT NULL AS is_priced
FROM llm_calls WHERE tenant_id = $1 AND outcome = 'answered' ORDER BY started_at DESC LIMIT 1
"""


class Spending(BaseModel):
    """What the calls of one day, model or user came to.

    `cost_usd` is the sum of the known costs, null when none is known; the price of `unpriced_calls` is not
    known. `unanswered_calls` gave no answer, and `unanswered_cost_usd` is what they cost. The tokens of
    `estimated_calls` were estimated from their text, because the provider did not say.
    """

    key: str | None = None
    reports: int = 0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal | None = None
    unpriced_calls: int = 0
    estimated_calls: int = 0
    unanswered_calls: int = 0
    unanswered_cost_usd: Decimal = Decimal(0)


class ProviderCall(BaseModel):
    """A call to the provider; `outcome` is null while it is open, `cost_usd` when the price is not known."""

    revision: int
    attempt: int
    provider: str
    model: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    reattachments: int
    input_tokens: int
    output_tokens: int
    estimated: bool
    cost_usd: Decimal | None


class LatestModel(BaseModel):
    """Which model gave the latest answer, from which host, and whether its price is known."""

    model: str
    provider: str
    answered_at: datetime
    is_priced: bool


@dataclass(frozen=True, slots=True)
class Costs:
    """The spending of a period: all of it, and line by line."""

    total: Spending
    lines: Sequence[Spending]


class Ledger:
    """The calls of one tenant at a time; every method may raise `RecordsUnavailableError`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def costs(self, tenant_id: str, period: BoundedPeriod, by: CostsBy) -> Costs:
        """Sum up a period; every day of it has a line, the dearest model or user comes first."""
        order = "key" if by is CostsBy.DAY else "cost_usd DESC NULLS LAST, calls DESC, key"
        query = SPENT.format(key=KEYS[by], order=order)
        zone = (period.zone.key,) if by is CostsBy.DAY else ()
        rows = await fetch(self._pool, query, tenant_id, period.begin, period.end, *zone)
        totals = [Spending.model_validate(dict(row)) for row in rows if row["is_total"]]
        lines = [Spending.model_validate(dict(row)) for row in rows if not row["is_total"]]
        if by is CostsBy.DAY:
            lines = _with_empty_days(lines, period)
        return Costs(totals[0].model_copy(update={"key": None}), lines)

    async def calls(self, tenant_id: str, workflow_id: str) -> list[ProviderCall]:
        """Give the calls that were made for a report, oldest first."""
        rows = await fetch(self._pool, CALLS, tenant_id, workflow_id)
        return [ProviderCall.model_validate(dict(row)) for row in rows]

    async def latest_model(self, tenant_id: str) -> LatestModel | None:
        """Tell which model gave the latest answer; None when there is none yet."""
        rows = await fetch(self._pool, LATEST, tenant_id)
        return LatestModel.model_validate(dict(rows[0])) if rows else None


def _with_empty_days(lines: list[Spending], period: BoundedPeriod) -> list[Spending]:
    spent = {line.key: line for line in lines}
    keys = [day.isoformat() for day in period.days]
    return [spent.get(key) or Spending(key=key, cost_usd=Decimal(0)) for key in keys]
