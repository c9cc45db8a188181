"""Reading a report: its status, its result, its texts and its PDF."""

from typing import Annotated
from urllib.parse import quote

from litestar import MediaType, Response, get
from litestar.params import HeaderParameter, Parameter

from contracts.reports import ReportRecord, ReportStatus
from gateway.errors.problems import Problem
from gateway.errors.refusals import answering, no_draft, not_completed
from gateway.openapi import CONFLICT, NOT_FOUND, UNAVAILABLE, UNCHANGED
from gateway.reading.documents import Documents
from gateway.reading.executions import Executions
from gateway.reading.known_report import KnownReport
from gateway.reading.rendering import render_apart
from gateway.reading.tracker import ReportStateUnknownError, Tracker
from gateway.views import ReportResult, ReportState, address

PDF = "application/pdf"
MARKDOWN = "text/markdown"
FILENAME_MAX_CHARACTERS = 80
NOT_READY = NOT_FOUND | CONFLICT | UNAVAILABLE

IfNoneMatch = Annotated[str | None, HeaderParameter(name="If-None-Match")]


@get("/api/workflows/{workflow_id:str}/status", responses=NOT_FOUND | UNAVAILABLE, tags=["reports"])
async def status(report_id: str, tenant_id: str, tracker: Tracker, executions: Executions) -> ReportState:
    """Tell how far a report is, and what it waits for; an accepted report is always found."""
    with answering():
        report = await tracker.find(tenant_id, report_id)
        running = report.status is ReportStatus.RUNNING
        return ReportState.of_report(report, await executions.underway(report_id) if running else None)


@get("/api/workflows/{workflow_id:str}/result", responses=NOT_READY, tags=["reports"])
async def result(report_id: str, tenant_id: str, tracker: Tracker, documents: Documents) -> ReportResult:
    """Give a completed report; 409 says in which state it is otherwise."""
    with answering():
        record = completed(await tracker.find(tenant_id, report_id))
        assert record.pdf is not None  # noqa: S101 - completed() checked it
        assert record.draft is not None  # noqa: S101 - as above
        shown = record.model_dump(include=set(ReportResult.model_fields))
        return ReportResult(
            **shown,
            markdown=await documents.markdown(record.draft),
            pdf_url=address(report_id, "pdf"),
            sha256=record.pdf.sha256,
        )


@get(
    "/api/workflows/{workflow_id:str}/pdf", media_type=PDF, responses=NOT_READY | UNCHANGED, tags=["reports"]
)
async def pdf(  # noqa: PLR0913 - dependencies and query parameters, by name
    *,
    report_id: str,
    tenant_id: str,
    tracker: Tracker,
    documents: Documents,
    download: Annotated[bool, Parameter(description="Save it instead of showing it.")] = False,
    if_none_match: IfNoneMatch = None,
) -> Response[bytes]:
    """Give the PDF of a completed report."""
    with answering():
        record = completed(await tracker.find(tenant_id, report_id))
        assert record.pdf is not None  # noqa: S101 - completed() checked it
        headers = {"ETag": f'"{record.pdf.sha256}"', "Cache-Control": "private, no-cache"}
        if _matches(if_none_match, record.pdf.sha256):
            return Response(b"", status_code=304, headers=headers)
        kind = "attachment" if download else "inline"
        headers["Content-Disposition"] = disposition(kind, record.title or report_id, report_id)
        return Response(await documents.read(record.pdf), media_type=PDF, headers=headers)


@get("/api/workflows/{workflow_id:str}/draft", media_type=MARKDOWN, responses=NOT_READY, tags=["reports"])
async def draft(report_id: str, tenant_id: str, tracker: Tracker, documents: Documents) -> Response[str]:
    """Give the Markdown of the newest finished draft."""
    with answering():
        report = await tracker.find(tenant_id, report_id)
        text = await _latest_draft(report, documents)
    return Response(text, media_type=MARKDOWN)


@get(
    "/api/workflows/{workflow_id:str}/html",
    media_type=MediaType.HTML,
    responses=NOT_READY,
    tags=["reports"],
)
async def html(report_id: str, tenant_id: str, tracker: Tracker, documents: Documents) -> Response[str]:
    """Give the newest finished draft as a fragment of sanitised HTML."""
    with answering():
        report = await tracker.find(tenant_id, report_id)
        text = await _latest_draft(report, documents)
    return Response(await render_apart(text), media_type=MediaType.HTML)


async def _latest_draft(report: KnownReport, documents: Documents) -> str:
    if report.latest_draft is None:
        raise no_draft(report)
    return await documents.markdown(report.latest_draft)


def completed(report: KnownReport) -> ReportRecord:
    """Give the row of a completed report.

    Raises:
        Problem: it is not completed.
        ReportStateUnknownError: it is, but its row cannot be read now.

    """
    if report.status is not ReportStatus.COMPLETED:
        raise not_completed(report)
    if report.record is None:
        raise ReportStateUnknownError("PostgreSQL")
    if report.record.pdf is None or report.record.draft is None:
        raise Problem(500, "document-damaged", "The record is damaged", "The report's row names no document.")
    return report.record


def _matches(if_none_match: str | None, sha256: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return bool(tags & {"*", f'"{sha256}"'})


def disposition(kind: str, title: str, fallback: str, extension: str = "pdf") -> str:
    """Give a Content-Disposition whose file name is the title; browsers that know no UTF-8 get ASCII."""
    kept = "".join(character if character.isalnum() or character in " -_()" else " " for character in title)
    name = " ".join(kept.split())[:FILENAME_MAX_CHARACTERS].strip() or fallback
    plain = " ".join(name.encode("ascii", "ignore").decode().split()) or fallback
    encoded = quote(name, safe="")
    return f"{kind}; filename=\"{plain}.{extension}\"; filename*=UTF-8''{encoded}.{extension}"
