"""Artifacts that belong to no row: named in the log and counted, never deleted."""

import asyncpg
import structlog

from orchestrator.metrics import FINDINGS
from orchestrator.reconciliation.findings import Finding
from runtime.artifacts import ArtifactStore

log = structlog.get_logger(__name__)


async def count_strays(artifacts: ArtifactStore, pool: asyncpg.Pool) -> int:
    """Give how many reports have artifacts but no row."""
    found = 0
    for tenant_id in await artifacts.folders(""):
        # Batches keep theirs beside the reports.
        workflow_ids = [name for name in await artifacts.folders(tenant_id) if name.startswith("report-")]
        rows = await pool.fetch(
            "SELECT workflow_id FROM reports WHERE workflow_id = ANY($1::text[])", workflow_ids
        )
        known = {row["workflow_id"] for row in rows}
        for workflow_id in workflow_ids:
            if workflow_id not in known:
                log.warning(
                    "reconciliation.artifacts_without_row", tenant_id=tenant_id, workflow_id=workflow_id
                )
                FINDINGS.labels(finding=Finding.ARTIFACTS_WITHOUT_ROW).inc()
                found += 1
    return found
