"""Renders for tests, and reads PDFs back as a reader's program would."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pypdfium2 as pdfium  # type: ignore[import-untyped] # it has no stubs
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from pdf_worker.render import DocumentInfo, RenderedPdf, render_report

INFO = DocumentInfo(
    title="The title of this report",
    prompt="Why is the sky blue?",
    model="test-model-1",
    date=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
    report_id="report-0001",
)


_FOOTER = re.compile(rf"{INFO.report_id} Page \d+ of \d+ ?")


def render(markdown: str, info: DocumentInfo = INFO) -> RenderedPdf:
    """Render, and insist that it was typeset."""
    rendered = render_report(markdown, info)
    assert not rendered.degraded, rendered.failure
    return rendered


def page_texts(rendered: RenderedPdf) -> list[str]:
    """Text of each page, in drawing order."""
    document = pdfium.PdfDocument(rendered.content)
    return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]


def body_text(rendered: RenderedPdf) -> str:
    """Text after the title page, without running header and footer."""
    texts = []
    for text in page_texts(rendered)[1:]:
        lines = text.split("\n")
        # Furniture is drawn first: the title, then report id and page number on one line.
        assert lines[0].startswith(INFO.title[:10]), lines[:4]
        # Now and then the reader puts the first line of the text on the line of the page number.
        beside = lines[1][found.end() :] if (found := _FOOTER.match(lines[1])) else ""
        texts.append("\n".join([*([beside] if beside else []), *lines[2:]]))
    return "\n".join(texts)


def words(text: str) -> list[str]:
    """Words with compatibility characters unified."""
    return unicodedata.normalize("NFKC", text).split()


def squeezed(text: str) -> str:
    """Text without white space, for comparison across line breaks inside words."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def reader(rendered: RenderedPdf) -> PdfReader:
    """Open the file as pypdf sees it."""
    return PdfReader(BytesIO(rendered.content))


def links(rendered: RenderedPdf) -> list[str]:
    """Targets of all link annotations in page order."""
    return [uri for page in reader(rendered).pages for uri in _page_links(page)]


def _page_links(page: DictionaryObject) -> Iterator[str]:
    for annotation in page.get("/Annots", []):
        yield annotation.get_object()["/A"]["/URI"]


def page_sizes(rendered: RenderedPdf) -> list[tuple[float, float]]:
    """Width and height of each page in points."""
    return [page.get_size() for page in pdfium.PdfDocument(rendered.content)]


Box = tuple[float, float, float, float]


def character_boxes(rendered: RenderedPdf) -> Iterator[tuple[str, Box]]:
    """Every visible character with its (left, bottom, right, top) in points."""
    for page in pdfium.PdfDocument(rendered.content):
        yield from boxes_on(page)


def boxes_on(page: pdfium.PdfPage) -> Iterator[tuple[str, Box]]:
    """Every visible character of one page, as `character_boxes` gives them."""
    text = page.get_textpage()
    for index in range(text.count_chars()):
        character = text.get_text_range(index, 1)
        if character.strip():
            yield character, text.get_charbox(index)


def font_names(rendered: RenderedPdf) -> set[str]:
    """Names of the embedded fonts without their subset prefix."""
    return set(re.findall(r"/FontName /[A-Z]{6}\+([\w-]+)", rendered.content.decode("latin-1")))
