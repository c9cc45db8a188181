"""The activity that runs the sweep."""

from datetime import timedelta

import asyncpg
from temporalio import activity
from temporalio.client import Client

from orchestrator.metrics import LAST_SWEEP
from orchestrator.reconciliation.artifacts import count_strays
from orchestrator.reconciliation.batches import end_orphaned_batches, start_forgotten_batches
from orchestrator.reconciliation.findings import Finding, SweepReport
from orchestrator.reconciliation.requests import start_forgotten
from orchestrator.reconciliation.rows import SETTLING_TIME, end_orphans
from orchestrator.starting import Starter
from runtime.artifacts import ArtifactStore
from runtime.bus import Bus

RECONCILE_REPORTS = "reconcile_reports"


class Sweep:
    """Looks at the bus, Temporal, the database and the artifact store side by side."""

    def __init__(  # noqa: PLR0913 - one for each store that is compared
        self,
        bus: Bus,
        temporal: Client,
        starter: Starter,
        pool: asyncpg.Pool,
        artifacts: ArtifactStore,
        *,
        settling_time: timedelta = SETTLING_TIME,
    ) -> None:
        self._bus = bus
        self._temporal = temporal
        self._starter = starter
        self._pool = pool
        self._artifacts = artifacts
        self._settling_time = settling_time

    @activity.defn(name=RECONCILE_REPORTS)
    async def reconcile_reports(self) -> SweepReport:
        """Mend what can be mended and count the rest."""
        stores = (self._bus, self._temporal, self._pool)
        forgotten = await start_forgotten(*stores, self._starter) + await start_forgotten_batches(*stores)
        found = {Finding.REQUEST_WITHOUT_WORKFLOW: forgotten}
        found |= await end_orphans(*stores, self._settling_time)
        orphans = await end_orphaned_batches(*stores, self._settling_time)
        found[Finding.ROW_WITHOUT_ENDING] = found.get(Finding.ROW_WITHOUT_ENDING, 0) + orphans
        found[Finding.ARTIFACTS_WITHOUT_ROW] = await count_strays(self._artifacts, self._pool)
        LAST_SWEEP.metric.set_to_current_time()
        return SweepReport(found={finding: count for finding, count in found.items() if count})
