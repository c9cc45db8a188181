"""Flowables onto pages: title page, running header and footer, page numbers, metadata."""

import copy
from collections.abc import Callable, Sequence
from datetime import UTC
from io import BytesIO
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
)

from pdf_worker.render.blocks import Run
from pdf_worker.render.cleaning import one_line
from pdf_worker.render.cover import UNTITLED, cover_flowables, cover_top_space, details_height, draw_details
from pdf_worker.render.drawing import CountingCanvas, draw_lines
from pdf_worker.render.flowables import Flow
from pdf_worker.render.info import DocumentInfo
from pdf_worker.render.lines import Line, break_lines
from pdf_worker.theme import Theme

_CREATOR = "Durable Reports"
_MAX_METADATA = 1000


def build(flowables: Sequence[Flow], info: DocumentInfo, theme: Theme) -> tuple[bytes, int]:
    """Return the PDF and its number of pages.

    Pages are laid out twice: the first pass counts them for "page x of y". Lines are broken once.
    """
    for flowable in flowables:
        flowable.wrap(theme.text_width, theme.text_height)
    _, pages = _lay_out(flowables, info, theme, total=None)
    return _lay_out(flowables, info, theme, total=pages)


def _lay_out(
    flowables: Sequence[Flow], info: DocumentInfo, theme: Theme, total: int | None
) -> tuple[bytes, int]:
    output = BytesIO()
    document = BaseDocTemplate(
        output,
        pagesize=theme.page_size,
        invariant=1,
        title=_brief(info.title) or UNTITLED,
        author=_brief(info.model),
        subject=_brief(info.prompt),
        keywords=[_brief(info.report_id)],
        creator=_CREATOR,
    )
    document.addPageTemplates([_cover(info, theme), _body(info, theme, total)])
    body = [copy.copy(flowable) for flowable in flowables]  # reportlab marks what it lays out
    story: list[Flowable] = [NextPageTemplate("body"), *cover_flowables(info, theme)]
    story += [PageBreak(), *body] if body else []
    document.build(story, canvasmaker=_canvas_maker(info) if total else CountingCanvas)
    return output.getvalue(), document.page


def _brief(text: str) -> str:
    return one_line(text)[:_MAX_METADATA]


def _canvas_maker(info: DocumentInfo) -> Callable[..., Canvas]:
    """Make canvases that date the file as the report, not as the moment of rendering."""
    date = info.date.astimezone(UTC)

    def make(*arguments: Any, **options: Any) -> Canvas:  # noqa: ANN401 - passed on as reportlab gives them
        canvas = Canvas(*arguments, **options)
        canvas.setDateFormatter(lambda *_now: f"D:{date:%Y%m%d%H%M%S}+00'00'")
        canvas.showOutline()
        return canvas

    return make


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
    return PageTemplate("cover", [frame], onPageEnd=lambda canvas, _: draw_details(canvas, info, theme))


def _body(info: DocumentInfo, theme: Theme, total: int | None) -> PageTemplate:
    title = _shortened(_brief(info.title) or UNTITLED, theme)
    report = _shortened(_brief(info.report_id), theme)
    above = theme.page_size[1] - theme.margins.top + 34
    below = theme.margins.bottom - 30
    left, right = theme.margins.left, theme.page_size[0] - theme.margins.right

    def furnish(canvas: Canvas, document: BaseDocTemplate) -> None:
        draw_lines(canvas, [title], theme.small, theme.palette, (left, above, 0))
        draw_lines(canvas, [report], theme.small, theme.palette, (left, below, 0))
        number = break_lines([Run(f"Page {document.page} of {total}")], theme.small, theme.text_width)
        draw_lines(canvas, number, theme.small, theme.palette, (right - number[0].width, below, 0))
        canvas.setStrokeColor(theme.palette.rule)
        canvas.setLineWidth(0.5)
        canvas.line(left, above - 16, right, above - 16)

    return PageTemplate("body", [_frame(theme, theme.margins.bottom, theme.text_height)], onPage=furnish)


def _shortened(text: str, theme: Theme) -> Line:
    """Set one line of small print; what does not fit three quarters of the line ends in an ellipsis."""
    first, *others = break_lines([Run(text)], theme.small, 0.75 * theme.text_width)
    if not others:
        return first
    kept = "".join(piece.text for piece in first.pieces)
    return break_lines([Run(f"{kept}\N{HORIZONTAL ELLIPSIS}")], theme.small, theme.text_width)[0]
