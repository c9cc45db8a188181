"""How many reports are on their way, asked for when metrics are."""

import asyncpg

from orchestrator.metrics import OLDEST_OPEN, REPORTS_OPEN
from runtime.metrics.exposition import Probe

OPEN_REPORTS = """
SELECT CASE WHEN paused THEN 'PAUSED' ELSE status END AS state, count(*) AS reports,
       extract(epoch FROM now() - min(accepted_at))::float8 AS oldest
FROM reports WHERE status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED') GROUP BY state
"""


def open_reports_probe(pool: asyncpg.Pool) -> Probe:
    """Make the probe of reports that have begun and not ended."""

    async def read() -> None:
        found = {row["state"]: row for row in await pool.fetch(OPEN_REPORTS)}
        for status in REPORTS_OPEN.label_set[0].values:
            row = found.get(status)
            REPORTS_OPEN.labels(status=status).set(row["reports"] if row else 0)
            OLDEST_OPEN.labels(status=status).set(max(0.0, row["oldest"]) if row else 0)

    return Probe("open_reports", read, (REPORTS_OPEN, OLDEST_OPEN))
