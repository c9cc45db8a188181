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
from contracts.reports import ReportKey
from contracts.task_queues import TaskQueue
from contracts.workflows import ReportInput
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


async def start_report(temporal: Client, request: GenerateReport, message: Msg) -> bool:
    """Start the workflow of a request; False when its report had ended before.

    Raises:
        RPCError: Temporal did not confirm; whether the workflow runs is unknown, and starting again is safe.

    """
    key = ReportKey(
        workflow_id=request.workflow_id, request_id=request.request_id, tenant_id=request.tenant_id
    )
    report = ReportInput(
        report=key,
        producer=subjects.producer_of(message.subject),
        prompt=request.prompt,
        mode=request.mode,
        accepted_at=message.metadata.timestamp,
        traceparent=request.traceparent,
        **request.origin(),
    )
    try:
        await temporal.start_workflow(
            GenerateReportWorkflow.run,
            report,
            id=request.workflow_id,
            task_queue=TaskQueue.REPORTS,
            task_timeout=durable.WORKFLOW_TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary=request.prompt[:SUMMARY_CHARACTERS],
        )
    except WorkflowAlreadyStartedError:
        # Delivered again after the report had ended: what was asked for exists.
        log.info("intake.repeated", workflow_id=request.workflow_id)
        return False
    log.info("intake.started", workflow_id=request.workflow_id)
    return True
