"""How the workflow keeps the report's row up to date: one write after the other."""

from functools import partial

from temporalio import workflow

from contracts.activities.metadata import MetadataActivities
from contracts.reports import ReportRecord
from orchestrator import policies
from orchestrator.workflows.in_order import InOrder


class Recorder:
    """Writes one report's row."""

    def __init__(self) -> None:
        self._line = InOrder()

    def write_in_background(self, record: ReportRecord) -> None:
        """Write a state on the way, while the report goes on."""
        self._line.later(partial(_write, record))

    async def write(self, record: ReportRecord) -> None:
        """Write a state, and return when the database has it."""
        await self._line.now(partial(_write, record))


async def _write(record: ReportRecord) -> None:
    await workflow.execute_activity_method(
        MetadataActivities.store_report_metadata,
        record,
        summary=f"{record.status}, paused" if record.paused else record.status,
        **policies.STORE_REPORT_METADATA.options(),
    )
