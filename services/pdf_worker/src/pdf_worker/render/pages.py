"""Flowables onto pages: title page, contents, turned pages, running header and footer, metadata."""

import copy
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import NamedTuple

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
)

from pdf_worker.fonts.embedding import EmbeddedFonts
from pdf_worker.render.blocks import Run
from pdf_worker.render.canvas import canvas_maker, ornament, tagged
from pdf_worker.render.cleaning import one_line
from pdf_worker.render.contents import contents_flowables
from pdf_worker.render.cover import cover_flowables, cover_top_space, details_height, draw_details, title_of
from pdf_worker.render.drawing import CountingCanvas, draw_lines
from pdf_worker.render.flowables import Flow
from pdf_worker.render.headings import PageNumbers
from pdf_worker.render.info import DocumentInfo
from pdf_worker.render.lines import Line, break_lines
from pdf_worker.theme import Theme

CREATOR = "Durable Reports"
PLAIN_CREATOR = f"{CREATOR} as plain text"
_MAX_METADATA = 1000
_UPRIGHT, _TURNED = "body", "turned"


class Built(NamedTuple):
    """A PDF, its number of pages, and the characters in it that no font has."""

    content: bytes
    pages: int
    missing: str


class TooManyPagesError(Exception):
    """The report has more pages than a document may have."""


def build(
    flowables: Sequence[Flow],
    info: DocumentInfo,
    theme: Theme,
    numbers: PageNumbers,
    *,
    degraded: bool = False,
) -> Built:
    """Make the PDF.

    Pages are laid out twice: the first pass finds the pages of headings and counts all of them. Lines are
    broken once.

    Raises:
        TooManyPagesError: more than `info.max_pages`.

    """
    for flowable in flowables:
        flowable.wrap(flowable.theme.text_width, flowable.theme.text_height)
    contents = contents_flowables(flowables, theme, numbers, info.labels.contents)
    document = _Document(flowables, contents, info, theme, numbers)
    counted = document.lay_out(total=None)
    return document.lay_out(total=counted.pages, degraded=degraded)


class _Document:
    """One report, to be laid out as often as needed."""

    def __init__(
        self,
        flowables: Sequence[Flow],
        contents: Sequence[Flow],
        info: DocumentInfo,
        theme: Theme,
        numbers: PageNumbers,
    ) -> None:
        self._flowables = flowables
        self._contents = contents
        self._info = info
        self._theme = theme
        self._numbers = numbers

    def lay_out(self, total: int | None, *, degraded: bool = False) -> Built:
        """Lay the report out; without `total` only the number of pages is right."""
        info, theme = self._info, self._theme
        output = BytesIO()
        document = BaseDocTemplate(
            output,
            pagesize=theme.page_size,
            invariant=1,
            title=_brief(title_of(info)),
            author=_brief(info.author or info.model),
            subject=_brief(info.prompt),
            keywords=[_brief(word) for word in (*info.keywords, info.report_id)],
            creator=PLAIN_CREATOR if degraded else CREATOR,
        )
        document.addPageTemplates(
            [
                _cover(info, theme),
                self._body(_UPRIGHT, theme, total),
                self._body(_TURNED, theme.turned, total),
            ]
        )
        canvas = canvas_maker(info.date, info.language) if total else CountingCanvas
        document.build(list(self._story()), canvasmaker=canvas)
        missing = "".join(EmbeddedFonts.of(document.canv).missing)
        return Built(output.getvalue(), document.page, missing)

    def _story(self) -> Iterator[Flowable]:
        """Yield all flowables; a change between upright and turned pages begins a new page."""
        flows = [*self._contents, *self._flowables]
        first = _TURNED if flows and flows[0].theme.page_size != self._theme.page_size else _UPRIGHT
        yield NextPageTemplate(first)
        yield from cover_flowables(self._info, self._theme)
        last_theme = None
        for number, flow in enumerate(flows):
            if number == len(self._contents) and self._contents:
                last_theme = None
            if last_theme is None or flow.theme.page_size != last_theme.page_size:
                upright = flow.theme.page_size == self._theme.page_size
                yield NextPageTemplate(_UPRIGHT if upright else _TURNED)
                yield PageBreak()
            last_theme = flow.theme
            yield copy.copy(flow)  # reportlab marks what it lays out

    def _body(self, name: str, theme: Theme, total: int | None) -> PageTemplate:
        title = _shortened(_brief(title_of(self._info)), theme, 0.55)
        report = _shortened(_brief(self._info.report_id), theme, 0.7)
        above = theme.page_size[1] - theme.margins.top + 34
        below = theme.margins.bottom - 30
        left, right, width = theme.margins.left, theme.page_size[0] - theme.margins.right, theme.text_width

        def furnish(canvas: Canvas, document: BaseDocTemplate) -> None:
            if total is None:
                if document.page > self._info.max_pages:
                    raise TooManyPagesError
                return
            with ornament(canvas):
                draw_furniture(canvas, document.page, total)

        def draw_furniture(canvas: Canvas, page: int, total: int) -> None:
            outer = (report, break_lines([Run(self._page_text(page, total))], theme.small, width)[0])
            section = _shortened(one_line(self._numbers.section_at(page)), theme, 0.4)
            for y, (first, last) in ((above, (title, section)), (below, outer)):
                starts = (right - first.width, left) if theme.rtl else (left, right - last.width)
                for x, line in zip(starts, (first, last), strict=True):
                    draw_lines(canvas, [line], theme.small, theme.palette, (x, y, line.width))
            canvas.setStrokeColor(theme.palette.rule)
            canvas.setLineWidth(0.5)
            canvas.line(left, above - 16, right, above - 16)

        frame = _frame(theme, theme.margins.bottom, theme.text_height)
        return PageTemplate(name, [frame], onPage=furnish, pagesize=theme.page_size)

    def _page_text(self, page: int, total: int) -> str:
        return self._info.labels.page.format(page=page, total=total)


def _brief(text: str) -> str:
    return one_line(text)[:_MAX_METADATA]


def _frame(theme: Theme, bottom: float, height: float) -> Frame:
    return Frame(
        theme.margins.left,
        bottom,
        theme.text_width,
        height,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )


def _cover(info: DocumentInfo, theme: Theme) -> PageTemplate:
    details = details_height(theme)
    frame = _frame(theme, theme.margins.bottom + details, theme.text_height - details - cover_top_space())

    def finish(canvas: Canvas, _document: BaseDocTemplate) -> None:
        with tagged(canvas, "P"):
            draw_details(canvas, info, theme)

    return PageTemplate("cover", [frame], onPageEnd=finish)


def _shortened(text: str, theme: Theme, share: float) -> Line:
    """Set one line of small print; what does not fit its share of the line ends in an ellipsis."""
    first, *others = break_lines([Run(text)], theme.small, share * theme.text_width)
    if not others:
        return first
    kept = "".join(piece.text for piece in first.pieces)
    return break_lines([Run(f"{kept}\N{HORIZONTAL ELLIPSIS}")], theme.small, theme.text_width)[0]
