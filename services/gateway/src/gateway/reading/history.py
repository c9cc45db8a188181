"""Finding reports among all that were asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import asyncpg

from contracts.reports import ReportMode, ReportRecord, ReportStatus, TokenUsage
from gateway.reading.database import fetch
from gateway.reading.period import Period
from gateway.reading.records import COLUMNS, record_of


class Order(StrEnum):
    """What comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    COST = "cost"
    DURATION = "duration"


# A report whose cost or duration is not known comes last.
ORDER_BY = {
    Order.NEWEST: "accepted_at DESC, workflow_id DESC",
    Order.OLDEST: "accepted_at, workflow_id",
    Order.COST: "cost_usd DESC NULLS LAST, accepted_at DESC, workflow_id DESC",
    Order.DURATION: "finished_at - accepted_at DESC NULLS LAST, accepted_at DESC, workflow_id DESC",
}
TOTALS = """
SELECT count(*) AS reports,
       coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
       coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
       sum(cost_usd) AS cost_usd,
       count(*) FILTER (WHERE cost_usd IS NULL AND input_tokens + output_tokens > 0) AS unpriced
FROM reports WHERE """


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which reports; what is empty does not count. `words` is in the syntax of web searches."""

    tenant_id: str
    period: Period
    statuses: Sequence[ReportStatus] = ()
    words: str | None = None
    mode: ReportMode | None = None
    requested_by: str | None = None
    model: str | None = None
    batch_id: str | None = None
    schedule_id: str | None = None

    def conditions(self) -> Iterator[tuple[str, object]]:
        """Give each condition in SQL, `{}` in the place of its value."""
        yield "tenant_id = {}", self.tenant_id
        if self.statuses:
            yield "status = ANY({}::text[])", [status.value for status in self.statuses]
        if self.words:
            yield "search @@ websearch_to_tsquery('simple', {})", self.words
        if self.period.begin:
            yield "accepted_at >= {}", self.period.begin
        if self.period.end:
            yield "accepted_at < {}", self.period.end
        for name in ("mode", "requested_by", "model", "batch_id", "schedule_id"):
            if value := getattr(self, name):
                yield f"{name} = {{}}", value


@dataclass(frozen=True, slots=True)
class Found:
    """Some of the matching reports, and what all of them come to.

    `cost_usd` is the sum of the known costs, None when none is known; `unpriced` counts reports that used
    tokens whose price is not known.
    """

    records: list[ReportRecord]
    total: int
    usage: TokenUsage
    cost_usd: Decimal | None
    unpriced: int


class History:
    """The reports of all times."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def find(self, search: Search, order: Order, *, page: int, size: int) -> Found:
        """Read page number `page` (from 1) of the matching reports.

        Raises:
            RecordsUnavailableError: the database does not answer.

        """
        conditions = list(search.conditions())
        values = [value for _, value in conditions]
        where = " AND ".join(text.format(f"${n}") for n, (text, _) in enumerate(conditions, 1))
        [totals] = await fetch(self._pool, TOTALS + where, *values)
        rows = await fetch(
            self._pool,
            f"SELECT {COLUMNS} FROM reports WHERE {where} "  # noqa: S608 - constants; every value is a parameter
            f"ORDER BY {ORDER_BY[order]} LIMIT {size:d} OFFSET {(page - 1) * size:d}",
            *values,
        )
        return Found(
            records=[record_of(row) for row in rows],
            total=totals["reports"],
            usage=TokenUsage(input_tokens=totals["input_tokens"], output_tokens=totals["output_tokens"]),
            cost_usd=totals["cost_usd"] if totals["unpriced"] else totals["cost_usd"] or Decimal(0),
            unpriced=totals["unpriced"],
        )
