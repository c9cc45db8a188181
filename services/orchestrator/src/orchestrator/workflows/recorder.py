"""How the workflow keeps the report's row up to date: one write after the other."""

import asyncio

from temporalio import workflow

from contracts.activities.metadata import MetadataActivities
from contracts.reports import ReportRecord
from orchestrator import policies


class Recorder:
    """Writes one report's row."""

    def __init__(self) -> None:
        self._in_background: asyncio.Task[None] | None = None

    def write_in_background(self, record: ReportRecord) -> None:
        """Write a state on the way, while the report goes on."""
        self._in_background = asyncio.create_task(self._write(record, self._in_background))

    async def write(self, record: ReportRecord) -> None:
        """Write a state, and return when the database has it."""
        await self._write(record, self._in_background)

    async def _write(self, record: ReportRecord, after: "asyncio.Task[None] | None") -> None:
        if after is not None:
            # Its failure is not this write's: this one tells the newer state.
            await asyncio.wait([after])
        await workflow.execute_activity_method(
            MetadataActivities.store_report_metadata,
            record,
            summary=record.status,
            **policies.STORE_REPORT_METADATA.options(),
        )
