"""The table of contents: entries with their page, each a link."""

from collections.abc import Sequence
from typing import Self

from pdf_worker.render.blocks import Run, RunStyle
from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.drawing import draw_lines
from pdf_worker.render.flowables import Flow
from pdf_worker.render.headings import HeadingFlow, OutlineEntry, PageNumbers
from pdf_worker.render.lines import Line, break_lines
from pdf_worker.render.place import Place
from pdf_worker.render.tagging import Group
from pdf_worker.render.text_flows import TextFlow
from pdf_worker.theme import TextStyle, Theme

_NUMBER_WIDTH = 30.0
_INDENT = 14.0
_DEEPEST = 2
_FEWEST_ENTRIES = 5
_FEWEST_PAGES = 4


class ContentsLine(TextFlow):
    """One entry: its title, dots, and the number of its page."""

    role = "TOCI"

    def __init__(  # noqa: PLR0913 - what an entry is made of
        self,
        entry: OutlineEntry,
        theme: Theme,
        style: TextStyle,
        place: Place,
        numbers: PageNumbers,
        *,
        lines: Sequence[Line] | None = None,
    ) -> None:
        runs = [Run(entry.title, RunStyle(target=entry.key, color=_ink(style)))]
        super().__init__(runs, theme, style, place, lines=lines)
        self.entry = entry
        self.numbers = numbers

    def break_at(self, width: float) -> Sequence[Line]:
        """Leave room for the number."""
        return super().break_at(width - _NUMBER_WIDTH)

    def rest(self, lines: Sequence[Line], place: Place) -> Self:
        """Return an entry of these lines."""
        return type(self)(self.entry, self.theme, self.style, place, self.numbers, lines=lines)

    def paint(self, canvas: ReportCanvas) -> None:
        """Draw the title, then dots up to the page number."""
        super().paint(canvas)
        number = self.numbers.pages.get(self.entry.key)
        if number is None or not self.lines:
            return
        style, right = self.style, self.theme.text_width
        run = Run(str(number), RunStyle(target=self.entry.key, color=_ink(style)))
        line = break_lines([run], style, _NUMBER_WIDTH)[0]
        top = self.height - (len(self.lines) - 1) * style.leading
        rtl = self.theme.rtl
        x = self.place.indent if rtl else right - line.width
        draw_lines(canvas, [line], style, self.theme.palette, (x, top, line.width))
        begin, end = self.place.indent + self.lines[-1].width + 6, right - line.width - 6
        if rtl:
            begin, end = x + line.width + 6, right - self.lines[-1].width - 6
        canvas.setStrokeColor(self.theme.palette.rule)
        canvas.setLineWidth(0.9)
        canvas.setDash([0.9, 3.2])
        if end > begin:
            y = top - style.leading * 0.5 - style.size * 0.3
            canvas.line(begin, y, end, y)
        canvas.setDash()


def contents_flowables(
    flowables: Sequence[Flow], theme: Theme, numbers: PageNumbers, title: str
) -> list[Flow]:
    """Return a table of contents, or nothing for a report that is short enough to leaf through."""
    entries = [flow.entry for flow in flowables if isinstance(flow, HeadingFlow) and flow.entry is not None]
    shown = [entry for entry in entries if entry.depth <= _DEEPEST]
    if len(shown) > 120:
        shown = [entry for entry in entries if entry.depth < _DEEPEST]
    height = sum(flow.measure(flow.theme.text_height) + flow.style.space_before for flow in flowables)
    if len(shown) < _FEWEST_ENTRIES or height < _FEWEST_PAGES * theme.text_height:
        return []
    path = (Group("TOC"),)
    lines = (
        ContentsLine(
            entry, theme, _style(theme, entry.depth), Place(entry.depth * _INDENT, path=path), numbers
        )
        for entry in shown
    )
    return [TextFlow([Run(title)], theme, theme.heading(1)), *lines]


def _style(theme: Theme, depth: int) -> TextStyle:
    body = theme.body
    size = theme.body_size if depth == 0 else theme.body_size - 0.6
    color = body.color if depth < 2 else theme.palette.muted
    return TextStyle(
        size,
        size * 1.45,
        color,
        bold=depth == 0,
        space_before=6 if depth == 0 else 1.5,
        language=theme.language,
    )


def _ink(style: TextStyle) -> int:
    return int(style.color.hexval(), 16)
