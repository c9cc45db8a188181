"""What runs of schedules and batches ask of the metadata process, as a script."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from temporalio import activity

from contracts.activities.acceptance import ACCEPT_BATCH_PART, ACCEPT_DUE_REPORT, AcceptanceActivities
from contracts.activities.batches import ANNOUNCE_BATCH, ARCHIVE_BATCH, STORE_BATCH, BatchActivities
from contracts.artifacts import ArtifactRef
from contracts.batches import AcceptedReports, BatchPart, BatchProgress, BatchRecord
from contracts.reports import ReportKey, ReportMode
from contracts.schedules import DueReport
from contracts.workflows import ReportInput

ARCHIVE = ArtifactRef(key="archive.zip", sha256="0" * 64, size=1, content_type="application/zip")


@dataclass
class BatchCast(AcceptanceActivities, BatchActivities):
    """Accepts everything, and keeps what was asked; rows of `in_review` wait for a decision."""

    in_review: set[int] = field(default_factory=set)
    due: list[DueReport] = field(default_factory=list)
    parts: list[tuple[int, int]] = field(default_factory=list)
    stored: list[BatchRecord] = field(default_factory=list)
    archived: list[BatchRecord] = field(default_factory=list)
    announced: list[BatchProgress] = field(default_factory=list)

    @activity.defn(name=ACCEPT_DUE_REPORT)
    async def accept_due_report(self, due: DueReport) -> ReportInput:
        self.due.append(due)
        definition = due.scheduled.definition
        return ReportInput(
            report=ReportKey(workflow_id=f"report-{due.request_id}", request_id=due.request_id),
            producer="schedule",
            prompt=definition.prompt,
            mode=definition.mode,
            accepted_at=due.accepted_at,
            requested_by=definition.requested_by,
            schedule_id=due.scheduled.schedule_id,
        )

    @activity.defn(name=ACCEPT_BATCH_PART)
    async def accept_batch_part(self, part: BatchPart) -> AcceptedReports:
        self.parts.append((part.first, part.last))
        return AcceptedReports(
            reports=[self._report(part, number) for number in range(part.first, part.last + 1)]
        )

    def _report(self, part: BatchPart, number: int) -> ReportInput:
        request_id = part.batch.request_id(number)
        return ReportInput(
            report=ReportKey(workflow_id=f"report-{request_id}", request_id=request_id),
            producer=part.batch.producer,
            prompt=f"Row {number}",
            mode=ReportMode.REVIEW if number in self.in_review else ReportMode.AUTO,
            accepted_at=part.batch.accepted_at,
            batch_id=part.batch.batch_id,
        )

    @activity.defn(name=STORE_BATCH)
    async def store_batch(self, record: BatchRecord) -> None:
        self.stored.append(record)

    @activity.defn(name=ARCHIVE_BATCH)
    async def archive_batch(self, record: BatchRecord) -> ArtifactRef:
        self.archived.append(record)
        return ARCHIVE

    @activity.defn(name=ANNOUNCE_BATCH)
    async def announce_batch(self, progress: BatchProgress) -> None:
        self.announced.append(progress)

    def activities(self) -> list[Callable[..., Any]]:
        """List what a worker registers."""
        return [
            self.accept_due_report,
            self.accept_batch_part,
            self.store_batch,
            self.archive_batch,
            self.announce_batch,
        ]
