"""Asking for a report."""

from datetime import UTC, datetime

from litestar import Response, post
from litestar.status_codes import HTTP_202_ACCEPTED
from pydantic import BaseModel, ConfigDict

from contracts.commands import GenerateReport, Prompt
from contracts.identifiers import WorkflowId, workflow_id_for
from contracts.origin import RequestedBy
from contracts.reports import ReportMode
from gateway.errors.problems import FieldError, Problem
from gateway.openapi import BODY_REFUSED, KEY_REUSED, UNAVAILABLE
from gateway.publisher import KeyReusedError, OutcomeUnknownError, Publisher, request_id_for
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
    key = checked_key(idempotency_key)
    request_id = request_id_for(tenant_id, key)
    try:
        command = await publisher.publish(
            GenerateReport(
                **data.model_dump(),
                tenant_id=tenant_id,
                request_id=request_id,
                requested_at=datetime.now(UTC),
                traceparent=traceparent,
            )
        )
    except OutcomeUnknownError as error:
        raise _outcome_unknown(request_id, with_key=key is not None) from error
    except KeyReusedError as error:
        raise _key_reused() from error
    accepted = AcceptedReport.of(command.workflow_id, command.request_id)
    return Response(accepted, headers={"Location": accepted.status_url})


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


def _key_reused() -> Problem:
    remedy = "This key was used for another request; send a new key for a new request."
    return Problem(
        422,
        "idempotency-key-reused",
        "The idempotency key belongs to another request",
        f"Idempotency-Key: {remedy}",
        errors=[FieldError(field="Idempotency-Key", detail=remedy)],
    )
