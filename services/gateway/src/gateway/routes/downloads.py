"""A completed report as a file, in the form that the reader wants."""

from enum import StrEnum
from typing import Annotated

from litestar import MediaType, Response, get
from litestar.params import Parameter

from contracts.reports import ReportRecord
from gateway.errors.refusals import answering
from gateway.openapi import Forms
from gateway.reading.documents import Documents
from gateway.reading.standalone import standalone
from gateway.reading.tracker import Tracker
from gateway.routes.reports import MARKDOWN, NOT_READY, PDF, completed, disposition


class Form(StrEnum):
    """What a report can be saved as; all are made of the same stored text."""

    PDF = "pdf"
    MARKDOWN = "md"
    HTML = "html"


MEDIA_TYPES = {
    Form.PDF: PDF,
    Form.MARKDOWN: MARKDOWN,
    Form.HTML: MediaType.HTML,
}


class DocumentOperation(Forms):
    """Gives a report in one of its forms."""

    forms = (MARKDOWN, MediaType.HTML)


@get(
    "/api/workflows/{workflow_id:str}/document",
    media_type=PDF,
    responses=NOT_READY,
    operation_class=DocumentOperation,
    tags=["reports"],
)
async def document(
    *,
    report_id: str,
    tenant_id: str,
    tracker: Tracker,
    documents: Documents,
    format: Annotated[Form, Parameter(description="The form to save it in.")] = Form.PDF,  # noqa: A002 - its name on the wire
) -> Response[bytes]:
    """Give a completed report as a file to save: PDF, Markdown, or HTML that stands on its own."""
    with answering():
        record = completed(await tracker.find(tenant_id, report_id))
        content = await _content(record, format, documents)
    name = disposition("attachment", record.title or report_id, report_id, format)
    return Response(content, media_type=MEDIA_TYPES[format], headers={"Content-Disposition": name})


async def _content(record: ReportRecord, form: Form, documents: Documents) -> bytes:
    assert record.pdf is not None  # noqa: S101 - completed() checked it
    assert record.draft is not None  # noqa: S101 - as above
    if form is Form.PDF:
        return await documents.read(record.pdf)
    markdown = await documents.markdown(record.draft)
    if form is Form.MARKDOWN:
        return markdown.encode()
    page = await standalone(
        markdown,
        title=record.title or "Report",
        question=record.prompt,
        model=record.model or "",
        written_at=record.finished_at or record.accepted_at,
    )
    return page.encode()
