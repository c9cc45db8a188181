"""The title page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from io import BytesIO

from reportlab.lib.utils import ImageReader

from pdf_worker.render.blocks import Run
from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.cleaning import clean, one_line
from pdf_worker.render.drawing import draw_lines
from pdf_worker.render.flowables import Flow
from pdf_worker.render.info import DocumentInfo
from pdf_worker.render.lines import Line, break_lines
from pdf_worker.render.text_flows import TextFlow
from pdf_worker.theme import TextStyle, Theme

_TITLE_SIZES = ((40, 30.0), (90, 25.0), (180, 19.0))
_SMALLEST_TITLE = 14.0
_BAR_WIDTH = 46
_LABEL_WIDTH = 70
_MAX_DETAIL_LINES = 2
_TOP_SPACE = 120.0
_LOGO_WIDTH, _LOGO_HEIGHT = 150.0, 60.0
UNTITLED = "Untitled report"


def cover_flowables(info: DocumentInfo, theme: Theme) -> Iterator[Flow]:
    """Yield the title and the question; a long question goes on to the next pages."""
    title = title_of(info)
    size = next((size for longest, size in _TITLE_SIZES if len(title) <= longest), _SMALLEST_TITLE)
    style = TextStyle(size, round(size * 1.2, 2), theme.palette.ink, bold=True, language=theme.language)
    yield TextFlow([Run(title)], theme, style)
    question = clean(info.prompt).strip()
    if question:
        yield TextFlow([Run(info.labels.question)], theme, _label(theme, space_before=34))
        large = replace(theme.body, size=11.5, leading=17, space_before=4)
        yield TextFlow([Run(question)], theme, large)


def title_of(info: DocumentInfo) -> str:
    """Return the title in one line; a report without one is called so."""
    return one_line(info.title) or UNTITLED


def cover_top_space() -> float:
    """Return the white space above the title, in points."""
    return _TOP_SPACE


def details_height(theme: Theme) -> float:
    """Return the room that `draw_details` needs at the foot of the page, in points."""
    return 3 * _MAX_DETAIL_LINES * theme.body_leading + 24


def draw_details(canvas: ReportCanvas, info: DocumentInfo, theme: Theme) -> None:
    """Draw model, date and report id above the bottom margin, and the accent bar at the top."""
    left, bottom = theme.margins.left, theme.margins.bottom
    _draw_logo(canvas, theme)
    canvas.setFillColor(theme.palette.accent)
    bar = left + theme.text_width - _BAR_WIDTH if theme.rtl else left
    canvas.rect(
        bar, theme.page_size[1] - theme.margins.top - _TOP_SPACE + 26, _BAR_WIDTH, 4, stroke=0, fill=1
    )
    rows = [
        (info.labels.written_by, _detail(one_line(info.model), theme)),
        (info.labels.date, _detail(_date(info), theme)),
        (info.labels.report, _detail(one_line(info.report_id), theme)),
    ]
    top = bottom + sum(len(lines) for _, lines in rows) * theme.body_leading
    canvas.setStrokeColor(theme.palette.rule)
    canvas.setLineWidth(0.8)
    canvas.line(left, top + 12, left + theme.text_width, top + 12)
    label = replace(_label(theme), leading=theme.body_leading)
    for name, lines in rows:
        style = _detail_style(theme)
        names = break_lines([Run(name)], label, _LABEL_WIDTH)
        label_left = left + theme.text_width - _LABEL_WIDTH if theme.rtl else left
        detail_left = left if theme.rtl else left + _LABEL_WIDTH
        width = theme.text_width - _LABEL_WIDTH
        draw_lines(canvas, names, label, theme.palette, (label_left, top, _LABEL_WIDTH))
        draw_lines(canvas, lines, style, theme.palette, (detail_left, top, width))
        top -= len(lines) * theme.body_leading


def _draw_logo(canvas: ReportCanvas, theme: Theme) -> None:
    """Draw the theme's logo in the upper right corner of the text area."""
    if not theme.logo:
        return
    image = ImageReader(BytesIO(theme.logo))
    width, height = image.getSize()
    scale = min(_LOGO_WIDTH / width, _LOGO_HEIGHT / height)
    right, top = theme.page_size[0] - theme.margins.right, theme.page_size[1] - theme.margins.top
    right = theme.margins.left + width * scale if theme.rtl else right
    canvas.drawImage(
        image, right - width * scale, top - height * scale, width * scale, height * scale, mask="auto"
    )


def _date(info: DocumentInfo) -> str:
    date = info.date.astimezone(UTC)
    return info.labels.day.format(date=date, month=f"{date:%B}") + f"{date:, %H:%M} UTC"


def _detail_style(theme: Theme) -> TextStyle:
    return replace(theme.body, size=9.5)


def _label(theme: Theme, space_before: float = 0) -> TextStyle:
    return replace(theme.small, size=9, leading=13, space_before=space_before)


def _detail(text: str, theme: Theme) -> list[Line]:
    lines = break_lines([Run(text or "unknown")], _detail_style(theme), theme.text_width - _LABEL_WIDTH)
    return lines[:_MAX_DETAIL_LINES]
