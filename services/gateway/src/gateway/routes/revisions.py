"""The drafts that a report has had, and what changed between them."""

from typing import Annotated

from litestar import MediaType, Response, get
from litestar.params import Parameter

from gateway.errors.problems import FieldError, Problem, invalid_input
from gateway.errors.refusals import answering
from gateway.openapi import INVALID, NOT_FOUND, UNAVAILABLE
from gateway.reading.comparing import Comparison, compare_apart
from gateway.reading.known_report import KnownReport
from gateway.reading.rendering import render_apart
from gateway.reading.revisions import RevisionNotFoundError, Revisions
from gateway.reading.tracker import Tracker
from gateway.routes.reports import MARKDOWN
from gateway.views import Revision, RevisionList

Against = Annotated[
    int | None, Parameter(description="The revision to compare with; the one before when it is left out.")
]


@get("/api/workflows/{workflow_id:str}/revisions", responses=NOT_FOUND | UNAVAILABLE, tags=["reports"])
async def list_revisions(
    report_id: str, tenant_id: str, tracker: Tracker, revisions: Revisions
) -> RevisionList:
    """List the finished drafts of a report, and the instructions that each was written by."""
    with answering():
        known = await revisions.of(await tracker.find(tenant_id, report_id))
    return RevisionList(items=[Revision.of(report_id, revision) for revision in known])


@get(
    "/api/workflows/{workflow_id:str}/revisions/{revision:int}",
    media_type=MARKDOWN,
    responses=NOT_FOUND | UNAVAILABLE,
    tags=["reports"],
)
async def revision_text(
    *, revision: int, report_id: str, tenant_id: str, tracker: Tracker, revisions: Revisions
) -> Response[str]:
    """Give the Markdown of one draft."""
    with answering():
        report = await tracker.find(tenant_id, report_id)
        text = await existing(revisions, report, revision)
    return Response(text, media_type=MARKDOWN)


@get(
    "/api/workflows/{workflow_id:str}/revisions/{revision:int}/html",
    media_type=MediaType.HTML,
    responses=NOT_FOUND | UNAVAILABLE,
    tags=["reports"],
)
async def revision_html(
    *, revision: int, report_id: str, tenant_id: str, tracker: Tracker, revisions: Revisions
) -> Response[str]:
    """Give one draft as a fragment of sanitised HTML."""
    with answering():
        report = await tracker.find(tenant_id, report_id)
        text = await existing(revisions, report, revision)
    return Response(await render_apart(text), media_type=MediaType.HTML)


@get(
    "/api/workflows/{workflow_id:str}/revisions/{revision:int}/diff",
    responses=INVALID | NOT_FOUND | UNAVAILABLE,
    tags=["reports"],
)
async def diff(  # noqa: PLR0913 - dependencies and path parameters, by name
    *,
    revision: int,
    report_id: str,
    tenant_id: str,
    tracker: Tracker,
    revisions: Revisions,
    against: Against = None,
) -> Comparison:
    """Compare one draft with another: its paragraphs in order, and the words that changed in each."""
    against = revision - 1 if against is None else against
    if against < 1:
        raise invalid_input([FieldError(field="against", detail="Name the number of another revision.")])
    with answering():
        report = await tracker.find(tenant_id, report_id)
        old = await existing(revisions, report, against)
        new = await existing(revisions, report, revision)
    return Comparison(revision=revision, against=against, blocks=await compare_apart(old, new))


async def existing(revisions: Revisions, report: KnownReport, revision: int) -> str:
    """Give the text of a draft; 404 when there is none of this number."""
    try:
        return await revisions.markdown(report, revision)
    except RevisionNotFoundError as error:
        raise Problem(
            404,
            "revision-not-found",
            "There is no such draft",
            f"The report has no finished draft of revision {revision}. GET …/revisions lists them.",
        ) from error
