"""Deciding about a draft, pausing, cancelling, and having a finished report rendered again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import NAMESPACE_OID, uuid5

from litestar import Response, post
from litestar.openapi import ResponseSpec
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts.reports import ReportStatus
from contracts.workflows import Decision, DecisionKind, Instructions
from gateway.errors.problems import Problem, unavailable
from gateway.errors.refusals import already_ended, answering, not_started
from gateway.openapi import BODY_REFUSED, CONFLICT, NOT_FOUND, UNAVAILABLE
from gateway.reading.executions import (
    Executions,
    NoOpenExecutionError,
    RefusedError,
    RenderingFailedError,
    TemporalUnavailableError,
)
from gateway.reading.known_report import KnownReport, from_progress
from gateway.reading.tracker import Tracker
from gateway.routes.parameters import IdempotencyKey, Prefer, checked_key, json_only, patience, required
from gateway.routes.reports import completed
from gateway.views import AcceptedReport, ReportState

RENDERED = {200: ResponseSpec(AcceptedReport, generate_examples=False, description="The new PDF is there.")}


class DecisionRequest(BaseModel):
    """What is to become of the draft of `revision`; `revise` says in `instructions` what to change."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=1)
    decision: DecisionKind
    instructions: Annotated[Instructions, StringConstraints(strip_whitespace=True)] = ""


@post(
    "/api/workflows/{workflow_id:str}/decision",
    status_code=HTTP_200_OK,
    guards=[json_only],
    responses=BODY_REFUSED | NOT_FOUND | CONFLICT | UNAVAILABLE,
    tags=["reports"],
)
async def decide(  # noqa: PLR0913 - dependencies, by name
    *,
    data: DecisionRequest,
    report_id: str,
    tenant_id: str,
    tracker: Tracker,
    executions: Executions,
    idempotency_key: IdempotencyKey = None,
) -> ReportState:
    """Approve, reject or have revised the draft that waits; 409 when it is not the one that waits."""
    key = checked_key(idempotency_key)
    if data.decision is DecisionKind.REVISE:
        required(data.instructions, "instructions", "Say what the next draft should do differently.")
    with answering():
        report = _steerable(await tracker.find(tenant_id, report_id))
    decision = Decision(revision=data.revision, decision=data.decision, instructions=data.instructions)
    async with _steering("decision", report, tracker):
        await executions.decide(report_id, decision, update_id=_update_id(tenant_id, key, decision))
    with answering():
        return ReportState.of_report(await tracker.find(tenant_id, report_id))


@post(
    "/api/workflows/{workflow_id:str}/pause",
    status_code=HTTP_200_OK,
    responses=NOT_FOUND | CONFLICT | UNAVAILABLE,
    tags=["reports"],
)
async def pause(report_id: str, tenant_id: str, tracker: Tracker, executions: Executions) -> ReportState:
    """Have a report begin nothing more until it is resumed; pausing a paused one changes nothing."""
    with answering():
        report = _steerable(await tracker.find(tenant_id, report_id))
    async with _steering("pause", report, tracker):
        progress = await executions.pause(report_id)
    return ReportState.of_report(from_progress(progress, report.record))


@post(
    "/api/workflows/{workflow_id:str}/resume",
    status_code=HTTP_200_OK,
    responses=NOT_FOUND | CONFLICT | UNAVAILABLE,
    tags=["reports"],
)
async def resume(report_id: str, tenant_id: str, tracker: Tracker, executions: Executions) -> ReportState:
    """Have a paused report go on; resuming one that is not paused changes nothing."""
    with answering():
        report = _steerable(await tracker.find(tenant_id, report_id))
    async with _steering("resumption", report, tracker):
        progress = await executions.resume(report_id)
    return ReportState.of_report(from_progress(progress, report.record))


@post(
    "/api/workflows/{workflow_id:str}/cancel",
    status_code=HTTP_202_ACCEPTED,
    responses=NOT_FOUND | CONFLICT | UNAVAILABLE,
    tags=["reports"],
)
async def cancel(
    report_id: str, tenant_id: str, tracker: Tracker, executions: Executions
) -> Response[AcceptedReport]:
    """Ask a report to stop; its status and events tell when it has."""
    with answering():
        report = _steerable(await tracker.find(tenant_id, report_id))
    async with _steering("cancellation", report, tracker):
        await executions.cancel(report_id)
    accepted = AcceptedReport.of(report.workflow_id, report.request_id)
    return Response(accepted, headers={"Location": accepted.status_url})


@post(
    "/api/workflows/{workflow_id:str}/render",
    status_code=HTTP_202_ACCEPTED,
    responses=NOT_FOUND | CONFLICT | UNAVAILABLE | RENDERED,
    tags=["reports"],
)
async def render_again(
    report_id: str, tenant_id: str, tracker: Tracker, executions: Executions, prefer: Prefer = None
) -> Response[AcceptedReport]:
    """Render a completed report again from its stored text; the result names the new PDF once it is there.

    With `Prefer: wait=SECONDS` the answer is 200 when the new PDF is there within that time, else 202.
    """
    with answering():
        report = await tracker.find(tenant_id, report_id)
        record = completed(report)
    try:
        done = await executions.render_again(record, patience(prefer))
    except RenderingFailedError as error:
        raise _not_rendered() from error
    except TemporalUnavailableError as error:
        raise _unknown("request", report) from error
    accepted = AcceptedReport.of(report.workflow_id, report.request_id)
    code = HTTP_200_OK if done else HTTP_202_ACCEPTED
    return Response(accepted, status_code=code, headers={"Location": accepted.result_url})


def _update_id(tenant_id: str, key: str | None, decision: Decision) -> str | None:
    # Of its content too: under the key of another decision it would be taken for a repeat, and not count.
    return str(uuid5(NAMESPACE_OID, f"{tenant_id}\n{key}\n{decision.model_dump_json()}")) if key else None


@asynccontextmanager
async def _steering(what: str, report: KnownReport, tracker: Tracker) -> AsyncIterator[None]:
    try:
        yield
    except RefusedError as refusal:
        raise _refused(what, refusal, report) from refusal
    except NoOpenExecutionError as error:
        with answering():
            raise _not_open(await tracker.find(report.tenant_id, report.workflow_id)) from error
    except TemporalUnavailableError as error:
        raise _unknown(what, report) from error


def _steerable(report: KnownReport) -> KnownReport:
    if report.status.is_terminal:
        raise already_ended(report)
    if report.status is ReportStatus.ACCEPTED:
        raise not_started(report)
    return report


def _not_open(report: KnownReport) -> Problem:
    return already_ended(report) if report.status.is_terminal else not_started(report)


def _refused(what: str, refusal: RefusedError, report: KnownReport) -> Problem:
    return Problem(
        409,
        refusal.kind.replace("_", "-"),
        f"The {what} does not count",
        str(refusal),
        members={"revision": report.revision, "report_status": report.status},
    )


def _not_rendered() -> Problem:
    return Problem(
        500,
        "rendering-failed",
        "The PDF could not be made again",
        "The text could not be rendered. The PDF that was there before is unchanged.",
    )


def _unknown(what: str, report: KnownReport) -> Problem:
    return unavailable(
        "workflow",
        f"The report's workflow did not answer; the {what} may or may not have arrived. "
        f"Look at the report's status ({report.status} a moment ago) before you repeat it.",
    )
