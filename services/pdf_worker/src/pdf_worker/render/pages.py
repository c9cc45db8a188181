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
from pdf_worker.render.drawing import draw_lines
from pdf_worker.render.flowables import Flow
from pdf_worker.render.info import DocumentInfo
from pdf_worker.render.lines import break_lines
from pdf_worker.theme import Theme

_CREATOR = "Durable Reports"
_MAX_METADATA = 1000


def build(flowables: Sequence[Flow], info: DocumentInfo, theme: Theme) -> tuple[bytes, int]:
    """Return the PDF and its number of pages.

    Pages are laid out twice: the first pass counts them for "page x of y".
    """
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
    document.build(story, canvasmaker=_canvas_maker(info))
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
    title = one_line(info.title) or UNTITLED
    report = one_line(info.report_id)

    def furnish(canvas: Canvas, document: BaseDocTemplate) -> None:
        page = f"Page {document.page} of {total}" if total else ""
        above = theme.page_size[1] - theme.margins.top + 34
        below = theme.margins.bottom - 30
        _label(canvas, theme, title, "left", above)
        _label(canvas, theme, report, "left", below)
        _label(canvas, theme, page, "right", below)
        canvas.setStrokeColor(theme.palette.rule)
        canvas.setLineWidth(0.5)
        left, right = theme.margins.left, theme.page_size[0] - theme.margins.right
        canvas.line(left, above - 16, right, above - 16)

    return PageTemplate("body", [_frame(theme, theme.margins.bottom, theme.text_height)], onPage=furnish)


def _label(canvas: Canvas, theme: Theme, text: str, alignment: str, top: float) -> None:
    """Draw one line of small print; what does not fit on the line ends in an ellipsis."""
    style = theme.small
    room = theme.text_width * (0.75 if alignment == "left" else 1)
    lines = break_lines([Run(text)], style, room)
    if len(lines) > 1:
        first = "".join(piece.text for piece in lines[0].pieces)
        lines = break_lines([Run(f"{first}\N{HORIZONTAL ELLIPSIS}")], style, theme.text_width)
    left = theme.margins.left
    if alignment == "right":
        left += theme.text_width - lines[0].width
    draw_lines(canvas, lines[:1], style, theme.palette, (left, top, 0))
