"""The activity that makes a PDF of a draft."""

import hashlib
import re

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from contracts.activities.pdf import CreatePdfInput, CreatePdfOutput, PdfActivities
from contracts.artifacts import figure_key, pdf_key
from contracts.failures import FailureCode
from contracts.reports import ReportKey, Step
from pdf_worker import metrics
from pdf_worker.fonts import script_of
from pdf_worker.render import DocumentInfo, RenderedPdf, read_back
from pdf_worker.render_job import RenderJob
from pdf_worker.render_pool import RenderingFailedError, RenderPool
from runtime import durable, fault_points, tracing
from runtime.artifacts import ArtifactStore

PDF_TYPE = "application/pdf"
_ARTIFACT = re.compile(r"\(<?artifact:([A-Za-z0-9][A-Za-z0-9_-]{0,60}\.(?:png|jpg|jpeg|gif|webp))\b")
_MAX_IMAGES = 40
_MAX_IMAGE_BYTES = 8 * 2**20

_COMMON_SCRIPT = "Zyyy"
_MAX_LOGGED_CHARACTERS = 20

log = structlog.get_logger(__name__)


class Pdf(PdfActivities):
    """Renders drafts from the artifact store into the artifact store."""

    def __init__(self, store: ArtifactStore, pool: RenderPool) -> None:
        self._store = store
        self._pool = pool

    @activity.defn(name=Step.CREATE_PDF)
    async def create_pdf(self, document: CreatePdfInput) -> CreatePdfOutput:
        """Render a draft and store the PDF; an attempt that finds it stored renders nothing.

        Attempts may end differently (one typeset, one as plain text), so what is returned is read from the
        PDF that stands in the store.

        Raises:
            ApplicationError: `rendering_failed`, not retried, when not even plain text could be set. An
                unreadable store is retried as whatever it raised.

        """
        report = document.report
        key = pdf_key(report.tenant_id, report.workflow_id, report.revision, document.rendering)
        async with durable.heartbeating():
            content = await self._store.find(key)
            if content is None:
                draft = await self._store.get(document.draft)
                await fault_points.reach("pdf_worker.before_render")
                content = (await self._render(draft.decode("utf-8", "replace"), document)).content
                await fault_points.reach("pdf_worker.rendered")
            ref = await self._store.put_once(key, content, PDF_TYPE)
            await fault_points.reach("pdf_worker.pdf_stored")
            if hashlib.sha256(content).hexdigest() != ref.sha256:
                content = await self._store.get(ref)
        stored = read_back(content)
        return CreatePdfOutput(pdf=ref, pages=stored.pages, degraded=stored.degraded)

    async def _render(self, markdown: str, document: CreatePdfInput) -> RenderedPdf:
        report_id = document.report.workflow_id
        info = DocumentInfo(
            document.title,
            document.prompt,
            document.model,
            document.written_at,
            report_id=report_id,
            max_pages=self._pool.max_pages,
            images=await self._images(markdown, document.report),
        )
        try:
            with metrics.RENDER_SECONDS.time(), tracing.span("render") as note:
                rendered = await self._pool.render(RenderJob(markdown, info))
                note({"pdf.pages": rendered.pages})
        except RenderingFailedError as error:
            metrics.FAILED.inc()
            raise ApplicationError(
                "The report's text could not be set as a PDF.",
                type=FailureCode.RENDERING_FAILED,
                non_retryable=True,
            ) from error
        metrics.PAGES.observe(rendered.pages)
        if rendered.degraded:
            metrics.DEGRADED.inc()
            log.error("render.degraded", report_id=report_id, failure=rendered.failure)
        if rendered.missing:
            for character in rendered.missing:
                metrics.MISSING_GLYPHS.labels(script=script_of(character) or _COMMON_SCRIPT).inc()
            shown = [f"U+{ord(character):04X}" for character in rendered.missing[:_MAX_LOGGED_CHARACTERS]]
            log.warning("render.missing_glyphs", report_id=report_id, characters=shown)
        log.info("render.done", report_id=report_id, pages=rendered.pages, bytes=len(rendered.content))
        return rendered

    async def _images(self, markdown: str, report: ReportKey) -> dict[str, bytes]:
        """Read the pictures that the text names as `artifact:NAME`, stored beside the draft."""
        names = list(dict.fromkeys(_ARTIFACT.findall(markdown)))[:_MAX_IMAGES]
        keys = {
            f"artifact:{name}": figure_key(report.tenant_id, report.workflow_id, report.revision, name)
            for name in names
        }
        found = {address: await self._store.find(key) for address, key in keys.items()}
        return {
            address: image for address, image in found.items() if image and len(image) <= _MAX_IMAGE_BYTES
        }
