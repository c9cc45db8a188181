"""From a request to what its workflow is started with, for requests of every kind.

Intake accepts those on the bus; the activities accept those that are due by a schedule or part of a batch.
"""

from datetime import datetime

from temporalio import activity

from contracts import subjects
from contracts.activities.acceptance import ACCEPT_BATCH_PART, ACCEPT_DUE_REPORT, AcceptanceActivities
from contracts.batches import AcceptedReports, BatchInput, BatchPart, BatchRow, BatchRows
from contracts.commands import GenerateReport
from contracts.events import Occurrence, ReportAccepted, envelope, event_id
from contracts.schedules import SCHEDULE_PRODUCER, DueReport
from contracts.workflows import ReportInput
from orchestrator.announcements import EVENT_SOURCE
from orchestrator.settings import ReviewSettings
from orchestrator.starting import report_input
from runtime.artifacts import ArtifactStore
from runtime.bus import Bus


class Acceptance(AcceptanceActivities):
    """Accepts what Temporal itself brings: runs of schedules and rows of batches."""

    def __init__(self, bus: Bus, artifacts: ArtifactStore, review: ReviewSettings) -> None:
        self._bus = bus
        self._artifacts = artifacts
        self._review = review

    @activity.defn(name=ACCEPT_DUE_REPORT)
    async def accept_due_report(self, due: DueReport) -> ReportInput:
        """Announce that a run's report is accepted, and give what its workflow is started with."""
        definition = due.scheduled.definition
        request = GenerateReport(
            prompt=definition.prompt,
            mode=definition.mode,
            requested_by=definition.requested_by,
            schedule_id=due.scheduled.schedule_id,
            request_id=due.request_id,
            tenant_id=due.scheduled.tenant_id,
        )
        return await self._accept(request, SCHEDULE_PRODUCER, due.accepted_at)

    @activity.defn(name=ACCEPT_BATCH_PART)
    async def accept_batch_part(self, part: BatchPart) -> AcceptedReports:
        """Announce that some rows' reports are accepted, and give what their workflows are started with."""
        batch = part.batch
        rows = BatchRows.model_validate_json(await self._artifacts.get(batch.rows)).rows
        requests = [
            _row_request(batch, number, rows[number - 1]) for number in range(part.first, part.last + 1)
        ]
        accepted = [await self._accept(request, batch.producer, batch.accepted_at) for request in requests]
        return AcceptedReports(reports=accepted)

    async def _accept(self, request: GenerateReport, producer: str, accepted_at: datetime) -> ReportInput:
        await announce_accepted(self._bus, request, producer, accepted_at)
        return report_input(request, producer, accepted_at, self._review)


def _row_request(batch: BatchInput, number: int, row: BatchRow) -> GenerateReport:
    return GenerateReport(
        prompt=row.prompt,
        mode=row.mode,
        requested_by=row.requested_by,
        batch_id=batch.batch_id,
        request_id=batch.request_id(number),
        tenant_id=batch.tenant_id,
        traceparent=batch.traceparent,
    )


async def announce_accepted(bus: Bus, request: GenerateReport, producer: str, accepted_at: datetime) -> None:
    """Put `report.accepted` on the bus; told again it is the same event.

    Raises:
        BusUnavailableError: not confirmed.

    """
    accepted = ReportAccepted(
        workflow_id=request.workflow_id,
        request_id=request.request_id,
        tenant_id=request.tenant_id,
        producer=producer,
        mode=request.mode,
    )
    occurrence = Occurrence(
        event_id=event_id(request.workflow_id, accepted.type),
        source=EVENT_SOURCE,
        occurred_at=accepted_at,
        traceparent=request.traceparent,
    )
    await bus.publish(
        subjects.event(accepted.type), envelope(accepted, occurrence), message_id=occurrence.event_id
    )
