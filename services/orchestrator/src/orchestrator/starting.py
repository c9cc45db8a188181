"""From a request message to a running workflow; starting the same request again changes nothing."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import structlog
from nats.aio.msg import Msg
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from contracts import subjects
from contracts.commands import GenerateReport
from contracts.fairness import fair_share
from contracts.reports import ReportKey
from contracts.task_queues import TaskQueue
from contracts.workflows import ReportInput
from orchestrator.settings import ReviewSettings
from orchestrator.workflows.details import shortened, static_details
from orchestrator.workflows.generate_report import GenerateReportWorkflow
from runtime import durable

SUMMARY_CHARACTERS = 100

log = structlog.get_logger(__name__)


def parse_request(message: Msg) -> GenerateReport:
    """Read a request; one without an id of its own gets one from its place in the stream.

    Raises:
        ValidationError: the message can never become a report.

    """
    request = GenerateReport.model_validate_json(message.data)
    if "request_id" in request.model_fields_set:
        return request
    place = message.metadata
    stored_at = (place.timestamp or datetime.min.replace(tzinfo=UTC)).isoformat()
    name = f"{place.stream}/{place.sequence.stream}/{stored_at}"
    return request.model_copy(update={"request_id": str(uuid5(NAMESPACE_URL, name))})


class Starter:
    """Starts reports, each with the times that this deployment gives a review."""

    def __init__(self, temporal: Client, review: ReviewSettings) -> None:
        self._temporal = temporal
        self._review = review

    async def start(self, request: GenerateReport, message: Msg) -> bool:
        """Start the workflow of a request; False when its report had ended before.

        Raises:
            RPCError: Temporal did not confirm; whether the workflow runs is unknown, and starting again is
                safe.

        """
        producer = subjects.producer_of(message.subject)
        report = report_input(request, producer, message.metadata.timestamp, self._review)
        try:
            await self._temporal.start_workflow(
                GenerateReportWorkflow.run,
                report,
                id=request.workflow_id,
                task_queue=TaskQueue.REPORTS,
                task_timeout=durable.WORKFLOW_TASK_TIMEOUT,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                priority=fair_share(request.tenant_id, request.requested_by),
                static_summary=shortened(request.prompt, SUMMARY_CHARACTERS),
                static_details=static_details(report),
            )
        except WorkflowAlreadyStartedError:
            # Delivered again after the report had ended: what was asked for exists.
            log.info("intake.repeated", workflow_id=request.workflow_id)
            return False
        log.info("intake.started", workflow_id=request.workflow_id)
        return True


def report_input(
    request: GenerateReport, producer: str, accepted_at: datetime, review: ReviewSettings
) -> ReportInput:
    """Give what the workflow of a request is started with."""
    key = ReportKey(
        workflow_id=request.workflow_id, request_id=request.request_id, tenant_id=request.tenant_id
    )
    return ReportInput(
        report=key,
        producer=producer,
        prompt=request.prompt,
        mode=request.mode,
        accepted_at=accepted_at,
        review_timeout=review.timeout,
        review_reminder_after=review.reminder_after,
        traceparent=request.traceparent,
        **request.origin(),
    )
