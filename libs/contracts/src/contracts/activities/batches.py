from abc import ABC, abstractmethod

from temporalio import activity

from contracts.artifacts import ArtifactRef
from contracts.batches import BatchProgress, BatchRecord

STORE_BATCH = "store_batch"
ARCHIVE_BATCH = "archive_batch"
ANNOUNCE_BATCH = "announce_batch"


class BatchActivities(ABC):
    """Task queue `metadata`."""

    @abstractmethod
    @activity.defn(name=STORE_BATCH)
    async def store_batch(self, record: BatchRecord) -> None:
        """Write the batch's row; a row that has ended is never set back to an earlier state."""

    @abstractmethod
    @activity.defn(name=ARCHIVE_BATCH)
    async def archive_batch(self, record: BatchRecord) -> ArtifactRef:
        """Pack the PDFs of a batch that has ended, with a manifest of all its rows, once."""

    @abstractmethod
    @activity.defn(name=ANNOUNCE_BATCH)
    async def announce_batch(self, progress: BatchProgress) -> None:
        """Put `report.batch_ended` on the bus, confirmed by the stream."""
