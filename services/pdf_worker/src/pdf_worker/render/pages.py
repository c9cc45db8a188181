"""A report as a PDF: title page, contents, running header and footer, metadata."""

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

from pdf_worker.render.blocks import Run
from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.cleaning import one_line
from pdf_worker.render.contents import contents_flowables
from pdf_worker.render.cover import cover_flowables, cover_top_space, details_height, draw_details, title_of
from pdf_worker.render.drawing import draw_lines
from pdf_worker.render.flowables import Flow
from pdf_worker.render.headings import PageNumbers
from pdf_worker.render.info import DocumentInfo
from pdf_worker.render.layout import Page, lay_out
from pdf_worker.render.lines import Line, break_lines
from pdf_worker.theme import Theme

CREATOR = "Durable Reports"
PLAIN_CREATOR = f"{CREATOR} as plain text"
_MAX_METADATA = 1000


class Built(NamedTuple):
    """A PDF, its number of pages, and the characters in it that no font has."""

    content: bytes
    pages: int
    missing: str


def build(
    flowables: Sequence[Flow],
    info: DocumentInfo,
    theme: Theme,
    numbers: PageNumbers,
    *,
    degraded: bool = False,
) -> Built:
    """Make the PDF: everything is placed first, so that all page numbers are known when it is drawn.

    Raises:
        TooManyPagesError: more than `info.max_pages`.

    """
    contents = contents_flowables(flowables, theme, numbers, info.labels.contents)
    cover = list(cover_flowables(info, theme))
    room = (cover_top_space(), details_height(theme))
    pages = lay_out(cover, [contents, flowables], theme, info.max_pages, room)
    output = BytesIO()
    canvas = ReportCanvas(output, theme.page_size, info.date, info.language)
    canvas.setTitle(_brief(title_of(info)))
    canvas.setAuthor(_brief(info.author or info.model))
    canvas.setSubject(_brief(info.prompt))
    canvas.setKeywords(", ".join(_brief(word) for word in (*info.keywords, info.report_id)))
    canvas.setCreator(PLAIN_CREATOR if degraded else CREATOR)
    furniture = _Furniture(info, numbers.sections(len(pages)))
    for number, page in enumerate(pages, start=1):
        canvas.setPageSize(page.theme.page_size)
        if number > 1:
            furniture.draw(canvas, page, number)
        for flow, y in page.placed:
            flow.draw(canvas, y)
        if number == 1:
            with canvas.tagged("P"):
                draw_details(canvas, info, theme)
        canvas.showPage()
    canvas.save()
    return Built(output.getvalue(), len(pages), "".join(canvas.fonts.missing))


class _Furniture:
    """The running header and footer of one report; `sections` has the title for each page."""

    def __init__(self, info: DocumentInfo, sections: Sequence[str]) -> None:
        self._info = info
        self._sections = sections
        self._fixed: dict[Theme, tuple[Line, Line]] = {}

    def draw(self, canvas: ReportCanvas, page: Page, number: int) -> None:
        theme = page.theme
        above = theme.page_size[1] - theme.margins.top + 34
        below = theme.margins.bottom - 30
        left, right = theme.margins.left, theme.page_size[0] - theme.margins.right
        title, report = self._lines(theme)
        count = self._info.labels.page.format(page=number, total=len(self._sections))
        outer = (report, break_lines([Run(count)], theme.small, theme.text_width)[0])
        section = _shortened(one_line(self._sections[number - 1]), theme, 0.4)
        with canvas.ornament():
            for y, (first, last) in ((above, (title, section)), (below, outer)):
                starts = (right - first.width, left) if theme.rtl else (left, right - last.width)
                for x, line in zip(starts, (first, last), strict=True):
                    draw_lines(canvas, [line], theme.small, theme.palette, (x, y, line.width))
            canvas.setStrokeColor(theme.palette.rule)
            canvas.setLineWidth(0.5)
            canvas.line(left, above - 16, right, above - 16)

    def _lines(self, theme: Theme) -> tuple[Line, Line]:
        """Return title and report id, which are the same on every page of this shape."""
        if theme not in self._fixed:
            self._fixed[theme] = (
                _shortened(_brief(title_of(self._info)), theme, 0.55),
                _shortened(_brief(self._info.report_id), theme, 0.7),
            )
        return self._fixed[theme]


def _brief(text: str) -> str:
    return one_line(text)[:_MAX_METADATA]


def _shortened(text: str, theme: Theme, share: float) -> Line:
    """Set one line of small print; what does not fit its share of the line ends in an ellipsis."""
    first, *others = break_lines([Run(text)], theme.small, share * theme.text_width)
    if not others:
        return first
    kept = "".join(piece.text for piece in first.pieces)
    return break_lines([Run(f"{kept}\N{HORIZONTAL ELLIPSIS}")], theme.small, theme.text_width)[0]
