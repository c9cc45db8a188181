"""Rendering a completed report again from its stored text: for one that could only be set as plain text."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from contracts.activities.pdf import CreatePdfInput, CreatePdfOutput, PdfActivities
    from contracts.reports import ReportKey, ReportRecord
    from contracts.workflows import RENDER_REPORT_WORKFLOW, RenderInput
    from orchestrator import policies
    from orchestrator.workflows.recorder import Recorder

RENDERING_NAME_CHARACTERS = 8


@workflow.defn(name=RENDER_REPORT_WORKFLOW)
class RenderReportWorkflow:
    """One more rendering of the same text; the row then names the new PDF, and the old one stays stored."""

    @workflow.run
    async def run(self, request: RenderInput) -> CreatePdfOutput:
        """Render, then record.

        Raises:
            ApplicationError: the record has no draft to render.

        """
        record = request.record
        rendered = await workflow.execute_activity_method(
            PdfActivities.create_pdf, _document(record), **policies.CREATE_PDF.options()
        )
        changes = {"pdf": rendered.pdf, "pages": rendered.pages, "degraded": rendered.degraded}
        await Recorder().write(record.model_copy(update=changes))
        return rendered


def _document(record: ReportRecord) -> CreatePdfInput:
    if record.draft is None or record.finished_at is None:
        raise ApplicationError("Only a completed report can be rendered again.", non_retryable=True)
    return CreatePdfInput(
        report=ReportKey(**record.model_dump(include=set(ReportKey.model_fields))),
        draft=record.draft,
        title=record.title or "",
        prompt=record.prompt,
        model=record.model or "",
        written_at=record.finished_at,
        # The run's own id: every rendering has a place of its own, and every attempt of it the same.
        rendering=workflow.info().run_id[:RENDERING_NAME_CHARACTERS],
    )
