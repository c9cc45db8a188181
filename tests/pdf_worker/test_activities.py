"""`create_pdf` from a stored draft to a stored PDF, with the real store and real rendering processes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from prometheus_client import REGISTRY
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from contracts.activities.pdf import CreatePdfInput
from contracts.artifacts import ArtifactRef, draft_key, figure_key, pdf_key
from contracts.failures import FailureCode
from contracts.reports import ReportKey
from pdf_worker.activities import Pdf
from pdf_worker.render import RenderedPdf, render_plain
from pdf_worker.render_pool import RenderPool
from pdf_worker.settings import RenderSettings
from runtime.artifacts import ArtifactSettings, ArtifactStore, CorruptArtifactError
from tests.pdf_worker.rendering import INFO, reader

REPORT = ReportKey(workflow_id="report-1", request_id="1")
DRAFT_KEY = draft_key(REPORT.tenant_id, REPORT.workflow_id, REPORT.revision)


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    """Give an empty store."""
    return ArtifactStore.open(ArtifactSettings(artifact_store_url=tmp_path.as_uri()))


@pytest.fixture
async def pool() -> AsyncIterator[RenderPool]:
    """Give a pool of one process."""
    async with RenderPool.open(RenderSettings(render_processes=1)) as opened:
        yield opened


def document(draft: ArtifactRef) -> CreatePdfInput:
    """Make the activity's input for a draft."""
    return CreatePdfInput(
        report=REPORT,
        draft=draft,
        title="The title",
        prompt="The prompt",
        model="the-model",
        written_at=datetime(2026, 3, 4, tzinfo=UTC),
    )


async def test_a_draft_becomes_a_stored_pdf(store: ArtifactStore, pool: RenderPool) -> None:
    draft = await store.put_once(DRAFT_KEY, "# Über\n\nthe *text*".encode(), "text/markdown")
    before = REGISTRY.get_sample_value("pdf_render_seconds_count") or 0
    result = await ActivityEnvironment().run(Pdf(store, pool).create_pdf, document(draft))
    stored = RenderedPdf(await store.get(result.pdf), result.pages)
    assert result.pdf.key == pdf_key(REPORT.tenant_id, REPORT.workflow_id, REPORT.revision)
    assert result.pdf.content_type == "application/pdf"
    assert result.pages == len(reader(stored).pages) == 2
    assert not result.degraded
    assert (REGISTRY.get_sample_value("pdf_render_seconds_count") or 0) == before + 1


async def test_characters_that_no_font_has_are_counted_by_their_script(
    store: ArtifactStore, pool: RenderPool
) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("pdf_missing_glyphs_total", {"script": "Xsux"}) or 0

    before = counted()
    draft = await store.put_once(DRAFT_KEY, "\U00012000\U00012000 and \U00012001".encode(), "text/markdown")
    result = await ActivityEnvironment().run(Pdf(store, pool).create_pdf, document(draft))
    assert not result.degraded
    assert counted() == before + 2


async def test_a_second_attempt_returns_the_same_pdf(store: ArtifactStore, pool: RenderPool) -> None:
    draft = await store.put_once(DRAFT_KEY, b"text", "text/markdown")
    activities = Pdf(store, pool)
    first = await ActivityEnvironment().run(activities.create_pdf, document(draft))
    assert await ActivityEnvironment().run(activities.create_pdf, document(draft)) == first


async def test_attempts_that_end_differently_report_the_pdf_that_is_stored(
    store: ArtifactStore, pool: RenderPool
) -> None:
    draft = await store.put_once(DRAFT_KEY, b"a\n\n" * 3000, "text/markdown")
    plain = render_plain("short", INFO)
    key = pdf_key(REPORT.tenant_id, REPORT.workflow_id, REPORT.revision)
    stored = await store.put_once(key, plain.content, "application/pdf")
    result = await ActivityEnvironment().run(Pdf(store, pool).create_pdf, document(draft))
    assert (result.pdf, result.pages, result.degraded) == (stored, plain.pages, True)


async def test_a_picture_beside_the_draft_is_shown(store: ArtifactStore, pool: RenderPool) -> None:
    image = BytesIO()
    Image.new("RGB", (30, 20), "red").save(image, "PNG")
    key = figure_key(REPORT.tenant_id, REPORT.workflow_id, REPORT.revision, "plot.png")
    await store.put_once(key, image.getvalue(), "image/png")
    text = b"![Plot](artifact:plot.png) ![](artifact:none.png) ![](artifact:../plot.png)"
    draft = await store.put_once(DRAFT_KEY, text, "text/markdown")
    result = await ActivityEnvironment().run(Pdf(store, pool).create_pdf, document(draft))
    content = await store.get(result.pdf)
    assert len([image for page in reader(RenderedPdf(content, 2)).pages for image in page.images]) == 1


async def test_a_report_beyond_the_page_limit_is_given_up(store: ArtifactStore) -> None:
    draft = await store.put_once(DRAFT_KEY, b"a\n\n" * 1000, "text/markdown")
    async with RenderPool.open(RenderSettings(render_processes=1, render_page_limit=10)) as limited:
        with pytest.raises(ApplicationError) as caught:
            await ActivityEnvironment().run(Pdf(store, limited).create_pdf, document(draft))
    assert caught.value.type == FailureCode.RENDERING_FAILED


async def test_a_draft_that_is_not_utf_8_is_printed_as_far_as_it_goes(
    store: ArtifactStore, pool: RenderPool
) -> None:
    draft = await store.put_once(DRAFT_KEY, b"good \xff\xfe good", "text/markdown")
    result = await ActivityEnvironment().run(Pdf(store, pool).create_pdf, document(draft))
    assert result.pages == 2


async def test_a_missing_draft_is_an_error_to_be_retried(store: ArtifactStore, pool: RenderPool) -> None:
    missing = ArtifactRef(key=DRAFT_KEY, sha256="0" * 64, size=1, content_type="text/markdown")
    with pytest.raises(CorruptArtifactError):
        await ActivityEnvironment().run(Pdf(store, pool).create_pdf, document(missing))


async def test_a_draft_that_cannot_be_rendered_in_time_is_given_up(store: ArtifactStore) -> None:
    draft = await store.put_once(DRAFT_KEY, b"text", "text/markdown")
    settings = RenderSettings(render_processes=1, render_time_limit=timedelta(milliseconds=1))
    async with RenderPool.open(settings) as hurried:
        with pytest.raises(ApplicationError) as caught:
            await ActivityEnvironment().run(Pdf(store, hurried).create_pdf, document(draft))
    assert caught.value.type == FailureCode.RENDERING_FAILED
    assert caught.value.non_retryable


async def test_heartbeats_go_on_while_a_process_renders(store: ArtifactStore, pool: RenderPool) -> None:
    draft = await store.put_once(DRAFT_KEY, b"|a|b|\n|-|-|\n" + b"|1|2|\n" * 200_000, "text/markdown")
    beats = asyncio.Event()
    count = 0

    def on_heartbeat(*_details: object) -> None:
        nonlocal count
        count += 1
        if count == 3:
            beats.set()

    environment = ActivityEnvironment()
    environment.on_heartbeat = on_heartbeat
    running = asyncio.create_task(environment.run(Pdf(store, pool).create_pdf, document(draft)))
    await beats.wait()
    assert not running.done()
    environment.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await store.find(pdf_key(REPORT.tenant_id, REPORT.workflow_id, REPORT.revision)) is None
