"""The activities of a batch besides its reports: its row, its archive and the news of its end."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from temporalio import activity

from contracts import subjects
from contracts.activities.batches import ANNOUNCE_BATCH, ARCHIVE_BATCH, STORE_BATCH, BatchActivities
from contracts.artifacts import ArtifactRef
from contracts.batches import BatchProgress, BatchRecord, BatchRows, batch_archive_key
from contracts.events import BatchEnded, EventType, Occurrence, envelope, event_id
from orchestrator.announcements import EVENT_SOURCE
from orchestrator.batch_archive import ArchiveWriter, Entry, manifest_of
from runtime import durable
from runtime.artifacts import ArtifactStore
from runtime.bus import Bus

ZIP = "application/zip"

# A late or repeated write of an earlier state must not reopen a batch that has ended.
UPSERT = """
INSERT INTO report_batches (
    batch_id, tenant_id, name, requested_by, status, rows, total, archive, accepted_at, finished_at
) VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8::jsonb, $9, $10)
ON CONFLICT (batch_id) DO UPDATE SET
    status = excluded.status, archive = excluded.archive, finished_at = excluded.finished_at,
    updated_at = now()
WHERE report_batches.status NOT IN ('COMPLETED', 'CANCELLED') OR report_batches.status = excluded.status
"""
REPORTS = """
SELECT workflow_id, status, title, model, pages, pdf, cost_usd, failure, finished_at
FROM reports WHERE tenant_id = $1 AND batch_id = $2
"""


class Batches(BatchActivities):
    """Writes `report_batches` and archives."""

    def __init__(self, bus: Bus, pool: asyncpg.Pool, artifacts: ArtifactStore) -> None:
        self._bus = bus
        self._pool = pool
        self._artifacts = artifacts

    @activity.defn(name=STORE_BATCH)
    async def store_batch(self, record: BatchRecord) -> None:
        """Write the batch's row; a row that has ended is never set back to an earlier state."""
        await self._pool.execute(
            UPSERT,
            record.batch_id,
            record.tenant_id,
            record.name,
            record.requested_by,
            record.status,
            record.rows.model_dump_json(),
            record.total,
            record.archive.model_dump_json() if record.archive else None,
            record.accepted_at,
            record.finished_at,
        )

    @activity.defn(name=ARCHIVE_BATCH)
    async def archive_batch(self, record: BatchRecord) -> ArtifactRef:
        """Pack the PDFs of a batch that has ended, with a manifest of all its rows, once.

        The same reports give the same bytes; should two attempts differ all the same, the first stands.
        """
        async with durable.heartbeating():
            rows = BatchRows.model_validate_json(await self._artifacts.get(record.rows)).rows
            reports = await self._pool.fetch(REPORTS, record.tenant_id, record.batch_id)
            # On disk, one PDF after the other: a large batch needs no more memory than a small one.
            with TemporaryDirectory() as folder:
                path = Path(folder) / "archive.zip"
                await self._pack(path, record, manifest_of(record, rows, reports))
                return await self._artifacts.put_file_once(batch_archive_key(record), path, ZIP)

    async def _pack(self, path: Path, record: BatchRecord, manifest: Sequence[Entry]) -> None:
        with ArchiveWriter(path, record) as archive:
            for entry in manifest:
                if entry.pdf is not None:
                    content = await self._artifacts.get(entry.pdf)
                    await asyncio.to_thread(archive.add_pdf, entry, content)
            archive.add_manifest(manifest)

    @activity.defn(name=ANNOUNCE_BATCH)
    async def announce_batch(self, progress: BatchProgress) -> None:
        """Put `report.batch_ended` on the bus, confirmed by the stream."""
        ended = BatchEnded(
            workflow_id=activity.info().workflow_id or "",
            **progress.model_dump(exclude={"reports"}),
        )
        occurrence = Occurrence(
            event_id=event_id(ended.workflow_id, EventType.BATCH_ENDED),
            source=EVENT_SOURCE,
            occurred_at=activity.info().scheduled_time,
        )
        await self._bus.publish(
            subjects.event(ended.type), envelope(ended, occurrence), message_id=occurrence.event_id
        )
