"""Asking for a report."""

from dataclasses import dataclass
from datetime import UTC, datetime

from litestar import Response, post
from litestar.status_codes import HTTP_202_ACCEPTED
from pydantic import BaseModel, ConfigDict

from contracts.commands import GenerateReport, Prompt
from contracts.identifiers import WorkflowId, workflow_id_for
from contracts.origin import RequestedBy
from contracts.reports import ReportMode
from gateway.commands import KeyReusedError, OutcomeUnknownError
from gateway.errors.problems import Problem
from gateway.errors.refusals import answering, key_reused
from gateway.openapi import BODY_REFUSED, KEY_REUSED, NOT_FOUND, UNAVAILABLE
from gateway.publisher import Publisher, request_id_for
from gateway.reading.tracker import ReportStateUnknownError, Tracker
from gateway.routes.parameters import IdempotencyKey, Traceparent, checked_key, json_only
from gateway.views import AcceptedReport, address

RETRY_AFTER_SECONDS = 2


class ReportRequest(BaseModel):
    """What to write about, and whether a person decides about the draft (`review`) or nobody (`auto`).

    `requested_by` is who asks, for taking turns and for the costs; `repeats` an earlier report that this one
    runs again.
    """

    model_config = ConfigDict(extra="forbid")

    prompt: Prompt
    mode: ReportMode = ReportMode.AUTO
    requested_by: RequestedBy | None = None
    repeats: WorkflowId | None = None


class AnotherRun(BaseModel):
    """What is to be different in another run of a report: nothing, or any of these."""

    model_config = ConfigDict(extra="forbid")

    prompt: Prompt | None = None
    mode: ReportMode | None = None
    requested_by: RequestedBy | None = None


@post(
    "/api/workflows/generate-report",
    status_code=HTTP_202_ACCEPTED,
    guards=[json_only],
    responses=BODY_REFUSED | KEY_REUSED | UNAVAILABLE,
    tags=["reports"],
)
async def generate_report(
    data: ReportRequest,
    tenant_id: str,
    publisher: Publisher,
    idempotency_key: IdempotencyKey = None,
    traceparent: Traceparent = None,
) -> Response[AcceptedReport]:
    """Accept a request for a report; 202 says that it is stored and will be worked on."""
    request = Sender(tenant_id, idempotency_key, traceparent)
    return await accepted(publisher, data, request)


@post(
    "/api/workflows/{workflow_id:str}/run-again",
    status_code=HTTP_202_ACCEPTED,
    guards=[json_only],
    responses=BODY_REFUSED | NOT_FOUND | KEY_REUSED | UNAVAILABLE,
    tags=["reports"],
)
async def run_again(  # noqa: PLR0913 - dependencies and headers, by name
    *,
    data: AnotherRun,
    report_id: str,
    tenant_id: str,
    tracker: Tracker,
    publisher: Publisher,
    idempotency_key: IdempotencyKey = None,
    traceparent: Traceparent = None,
) -> Response[AcceptedReport]:
    """Ask the same again as a report of its own; what the body leaves out is as it was then."""
    with answering():
        report = await tracker.find(tenant_id, report_id)
        if report.prompt is None:
            raise ReportStateUnknownError("PostgreSQL")
    earlier = report.record.requested_by if report.record else None
    again = ReportRequest(
        prompt=data.prompt or report.prompt,
        mode=data.mode or report.mode or ReportMode.AUTO,
        requested_by=data.requested_by or earlier,
        repeats=report_id,
    )
    return await accepted(publisher, again, Sender(tenant_id, idempotency_key, traceparent))


@dataclass(frozen=True, slots=True)
class Sender:
    """What the headers of a request say."""

    tenant_id: str
    idempotency_key: str | None
    traceparent: str | None


async def accepted(publisher: Publisher, request: ReportRequest, sender: Sender) -> Response[AcceptedReport]:
    """Put a request on the bus and say where to follow it."""
    key = checked_key(sender.idempotency_key)
    request_id = request_id_for(sender.tenant_id, key)
    try:
        command = await publisher.publish(
            GenerateReport(
                **request.model_dump(),
                tenant_id=sender.tenant_id,
                request_id=request_id,
                requested_at=datetime.now(UTC),
                traceparent=sender.traceparent,
            )
        )
    except OutcomeUnknownError as error:
        raise _outcome_unknown(request_id, with_key=key is not None) from error
    except KeyReusedError as error:
        raise key_reused() from error
    known = AcceptedReport.of(command.workflow_id, command.request_id)
    return Response(known, headers={"Location": known.status_url})


def _outcome_unknown(request_id: str, *, with_key: bool) -> Problem:
    workflow_id = workflow_id_for(request_id)
    remedy = (
        "Repeat the request with the same Idempotency-Key: it will not become two reports."
        if with_key
        else "Look at status_url before you repeat it, and send an Idempotency-Key to make repeating safe."
    )
    return Problem(
        503,
        "outcome-unknown",
        "The request may or may not have been accepted",
        f"The message bus did not confirm the request in time. {remedy}",
        retry_after=RETRY_AFTER_SECONDS,
        members={"workflow_id": workflow_id, "status_url": address(workflow_id, "status")},
    )
