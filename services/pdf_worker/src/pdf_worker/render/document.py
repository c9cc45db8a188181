"""The renderer's entry: a report in, a PDF out."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pdf_worker.render.anchors import link_headings
from pdf_worker.render.blocks import Block, Heading, plain_text
from pdf_worker.render.captions import number_captions
from pdf_worker.render.citations import link_citations
from pdf_worker.render.cleaning import one_line
from pdf_worker.render.compose import Composer
from pdf_worker.render.headings import PageNumbers
from pdf_worker.render.info import DocumentInfo
from pdf_worker.render.language import language_of
from pdf_worker.render.pages import build
from pdf_worker.render.parse import parse
from pdf_worker.render.plain import plain_flowables
from pdf_worker.theme import DEFAULT, Theme


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A PDF file; `degraded` when only plain text was set, and then `failure` says why, for the log.

    `missing` are the characters that no installed font has, for which a substitute was drawn.
    """

    content: bytes
    pages: int
    degraded: bool = False
    failure: str = ""
    missing: str = ""


def render_report(markdown: str, info: DocumentInfo, theme: Theme = DEFAULT) -> RenderedPdf:
    """Typeset a report. The same arguments give the same bytes; no text makes it fail.

    Should typesetting fail all the same, the report is set as plain text and marked `degraded`.
    """
    try:
        info = replace(info, title=_plain(info.title), language=info.language or language_of(markdown))
        theme = replace(theme, language=info.language)
        blocks = link_headings(_without_title(parse(markdown, info.images), info.title))
        blocks = number_captions(link_citations(blocks), info.labels)
        numbers = PageNumbers()
        built = build(Composer(theme, numbers).compose(blocks), info, theme, numbers)
    except Exception:  # noqa: BLE001 - whatever failed, the reader still gets the text
        return replace(render_plain(markdown, info, theme), failure=traceback.format_exc())
    return RenderedPdf(built.content, built.pages, missing=built.missing)


def render_plain(markdown: str, info: DocumentInfo, theme: Theme = DEFAULT) -> RenderedPdf:
    """Set a report's Markdown as it was written, without reading it; always `degraded`."""
    info = replace(info, language=info.language or language_of(markdown))
    theme = replace(theme, language=info.language)
    built = build(plain_flowables(markdown, theme), info, theme, PageNumbers(), degraded=True)
    return RenderedPdf(built.content, built.pages, degraded=True, missing=built.missing)


def _plain(title: str) -> str:
    """Return a title without the Markdown that its model may have put into it."""
    match parse(f"# {one_line(title)}"):
        case [Heading(1, runs)] if runs:
            return plain_text(runs)
        case _:
            return title


def _without_title(blocks: Sequence[Block], title: str) -> Sequence[Block]:
    """Leave out a first heading that repeats the title, which has its own page."""
    match blocks:
        case [Heading(1, runs), *rest] if one_line(plain_text(runs)).casefold() == one_line(title).casefold():
            return rest
        case _:
            return blocks
