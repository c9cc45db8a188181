"""What a running batch knows of itself, and its views: progress for those who ask, a record to be stored."""

from collections import Counter
from datetime import datetime

from temporalio.exceptions import CancelledError, TerminatedError

from contracts.artifacts import ArtifactRef
from contracts.batches import BatchInput, BatchProgress, BatchRecord, BatchReport, BatchStatus
from contracts.reports import ReportStatus


class BatchState:
    """Changed by the workflow only."""

    def __init__(self, batch: BatchInput) -> None:
        self._batch = batch
        self._status = BatchStatus.RUNNING
        self._finished_at: datetime | None = None
        self._rows = dict.fromkeys(range(1, batch.total + 1), ReportStatus.ACCEPTED)
        self.archive: ArtifactRef | None = None

    def note(self, number: int, status: ReportStatus) -> None:
        """Take down how far the report of a row is."""
        self._rows[number] = status

    def close_rows(self) -> None:
        """Take down that what has not ended now never will."""
        for number, status in self._rows.items():
            if not status.is_terminal:
                self._rows[number] = ReportStatus.CANCELLED

    def end(self, status: BatchStatus, now: datetime) -> None:
        """Mark the batch as ended."""
        self._status, self._finished_at = status, now

    def summary(self) -> str:
        """Give one line for people who look at the workflow."""
        counts = self._counts()
        parts = [f"{count} {status.lower()}" for status, count in counts.items()]
        return f"{self._batch.total} reports: {', '.join(parts)}"

    def _counts(self) -> dict[ReportStatus, int]:
        counted = Counter(self._rows.values())
        return {status: counted[status] for status in ReportStatus if counted[status]}

    def progress(self) -> BatchProgress:
        """Give the view for those who ask."""
        reports = [
            BatchReport(number=number, workflow_id=self._batch.report_id(number), status=status)
            for number, status in self._rows.items()
        ]
        return BatchProgress(
            batch_id=self._batch.batch_id,
            tenant_id=self._batch.tenant_id,
            status=self._status,
            total=self._batch.total,
            counts=self._counts(),
            reports=reports,
            archive=self.archive,
        )

    def record(self, status: BatchStatus | None = None, finished_at: datetime | None = None) -> BatchRecord:
        """Give the view for the database, or what it is about to be."""
        return BatchRecord(
            **self._batch.model_dump(include=_SHARED_FIELDS),
            status=status or self._status,
            archive=self.archive,
            finished_at=finished_at or self._finished_at,
        )


_SHARED_FIELDS = set(BatchInput.model_fields) & set(BatchRecord.model_fields)


def ended_as(error: BaseException) -> ReportStatus:
    """Name how a child report ended that did not complete."""
    cause = error.__cause__
    if isinstance(cause, (CancelledError, TerminatedError)):
        return ReportStatus.CANCELLED
    return ReportStatus.FAILED
