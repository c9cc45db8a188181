from abc import ABC, abstractmethod

from temporalio import activity

from contracts.reports import ReportRecord, Step


class MetadataActivities(ABC):
    """Task queue `metadata`."""

    @abstractmethod
    @activity.defn(name=Step.STORE_REPORT_METADATA)
    async def store_report_metadata(self, record: ReportRecord) -> None:
        """Write the report's row; a row that has ended is never set back to an earlier state."""
