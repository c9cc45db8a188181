"""From something due to a report that can be started: what intake does for requests on the bus."""

from abc import ABC, abstractmethod

from temporalio import activity

from contracts.batches import AcceptedReports, BatchPart
from contracts.schedules import DueReport
from contracts.workflows import ReportInput

ACCEPT_DUE_REPORT = "accept_due_report"
ACCEPT_BATCH_PART = "accept_batch_part"


class AcceptanceActivities(ABC):
    """Task queue `metadata`."""

    @abstractmethod
    @activity.defn(name=ACCEPT_DUE_REPORT)
    async def accept_due_report(self, due: DueReport) -> ReportInput:
        """Announce that a run's report is accepted, and give what its workflow is started with."""

    @abstractmethod
    @activity.defn(name=ACCEPT_BATCH_PART)
    async def accept_batch_part(self, part: BatchPart) -> AcceptedReports:
        """Announce that some rows' reports are accepted, and give what their workflows are started with."""
