"""Blocks of text that flow down pages.

Every flowable here can be split between any two of its lines, and one line always fits an empty page.
That is what makes reportlab's LayoutError impossible.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from pdf_worker.render.blocks import Runs
from pdf_worker.render.canvas import ornament, tagged
from pdf_worker.render.drawing import CountingCanvas, draw_lines
from pdf_worker.render.lines import Line, break_lines, break_preformatted
from pdf_worker.theme import TextStyle, Theme

_MARKER_GAP = 6
_BAR_WIDTH = 2


@dataclass(frozen=True, slots=True)
class Marker:
    """A list marker, which hangs to the left of `text_left`, the edge of its item's text.

    Like all offsets from the left these are from the right on the pages of a right-to-left language.
    """

    line: Line
    text_left: float
    style: TextStyle


@dataclass(frozen=True, slots=True)
class Bar:
    """A vertical bar beside a quote, `x` points from the left edge of the text area."""

    x: float
    color: Color


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands: offsets are points from the left edge of the text area.

    `bars` are the quote bars beside it, `joined` how many of them reach up to the block above;
    `markers` stand before its first line, one for each list item that begins there.
    """

    indent: float = 0
    bars: tuple[Bar, ...] = ()
    joined: int = 0
    markers: tuple[Marker, ...] = ()

    def continued(self) -> "Place":
        """Return the place of what follows after a page break."""
        return replace(self, markers=(), joined=0)


class Flow(Flowable):
    """What all blocks share: a place, a style, and a height that is known once the width is.

    `role` is the standard structure type of PDF 1.7 that a block is tagged as.
    """

    role = "P"

    def __init__(self, theme: Theme, style: TextStyle, place: Place) -> None:
        super().__init__()
        self.theme = theme
        self.style = style
        self.place = place
        self.height = 0.0

    def getSpaceBefore(self) -> float:  # noqa: N802 - reportlab's name
        """Space above, which reportlab drops at the top of a page."""
        return self.style.space_before

    def getSpaceAfter(self) -> float:  # noqa: N802 - reportlab's name
        """Space below, unless the next block wants more above it."""
        return self.style.space_after

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Lay out for a width and say how much room is needed."""
        self.height = self.measure(available_width, available_height)
        return available_width, self.height

    def measure(self, available_width: float, available_height: float) -> float:
        """Return the height in points at this width."""
        raise NotImplementedError

    def least_height(self) -> float:
        """Return the height that must be free for this block to begin, space above included."""
        return self.style.space_before + 2 * self.style.leading

    def drawOn(self, canvas: Canvas, x: float, y: float, _sW: float = 0) -> None:  # noqa: N802, N803 - reportlab's names
        """Draw with the lower left corner at (x, y)."""
        if isinstance(canvas, CountingCanvas):
            return
        canvas.saveState()
        canvas.translate(x, y)
        page_top = self.theme.page_size[1] - self.theme.margins.top
        with ornament(canvas):
            self._draw_bars(canvas, at_top=y + self.height > page_top - 1)
        self._paint_tagged(canvas)
        canvas.restoreState()

    def _paint_tagged(self, canvas: Canvas) -> None:
        with tagged(canvas, self.role, self.alternative()):
            self._paint_beside_markers(canvas)

    def _paint_beside_markers(self, canvas: Canvas) -> None:
        for marker in self.place.markers:
            self._draw_marker(canvas, marker)
        if self.theme.rtl:
            canvas.translate(-self.place.indent, 0)  # the indent is on the other side
        self.paint(canvas)

    def alternative(self) -> str:
        """Return what is read aloud in place of what has no text."""
        return ""

    def paint(self, canvas: Canvas) -> None:
        """Draw the content; the origin is the lower left corner."""
        raise NotImplementedError

    def _draw_bars(self, canvas: Canvas, *, at_top: bool) -> None:
        gap = max(self.style.space_before, self.theme.box_gap)  # a bar may overlap itself
        for number, bar in enumerate(self.place.bars):
            above = gap if number < self.place.joined and not at_top else 0
            canvas.setFillColor(bar.color)
            x = self.theme.text_width - bar.x - _BAR_WIDTH if self.theme.rtl else bar.x
            canvas.rect(x, 0, _BAR_WIDTH, self.height + above, stroke=0, fill=1)

    def _draw_marker(self, canvas: Canvas, marker: Marker) -> None:
        left = marker.text_left - marker.line.width - _MARKER_GAP
        if self.theme.rtl:
            left = self.theme.text_width - marker.text_left + _MARKER_GAP
        draw_lines(
            canvas,
            [marker.line],
            marker.style,
            self.theme.palette,
            (left, self.height - self.top_inset(), 0),
        )

    def top_inset(self) -> float:
        """Return how far below the top edge the first line begins."""
        return 0.0


class LinesFlow(Flow):
    """A block that is a stack of lines of equal height inside an optional padding."""

    padding: float = 0

    def __init__(
        self, theme: Theme, style: TextStyle, place: Place, *, lines: Sequence[Line] | None = None
    ) -> None:
        super().__init__(theme, style, place)
        self.lines: Sequence[Line] = lines or ()
        self._is_part = lines is not None
        self._broken_at = 0.0

    def break_at(self, width: float) -> Sequence[Line]:
        """Return the content as lines no wider than `width`."""
        raise NotImplementedError

    def rest(self, lines: Sequence[Line], place: Place) -> Self:
        """Return a block of the same kind that holds these lines."""
        raise NotImplementedError

    def measure(self, available_width: float, available_height: float) -> float:  # noqa: ARG002 - height is free
        """Break into lines once per width; a part of a split block keeps its lines."""
        width = available_width - self.place.indent - 2 * self.padding
        if not self._is_part and self._broken_at != width:
            self.lines = self.break_at(width)
            self._broken_at = width
        return len(self.lines) * self.style.leading + 2 * self.padding

    def least_height(self) -> float:
        """Return the height of the first two lines, or of three where there are no more."""
        self.measure(self.theme.text_width, self.theme.text_height)
        lines = len(self.lines) if len(self.lines) <= 3 else 2
        return self.style.space_before + lines * self.style.leading + 2 * self.padding

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Split between lines, leaving no single line behind or ahead where that can be avoided."""
        self.measure(available_width, available_height)
        total = len(self.lines)
        fitting = int((available_height - 2 * self.padding) / self.style.leading)
        if fitting >= total:
            return [self]
        fresh_page = available_height > 0.9 * self.theme.text_height
        if not fresh_page:
            fitting = min(fitting, max(total - 2, 0))
            if fitting < 2:
                return []
        fitting = max(fitting, 1)
        return [
            self.rest(self.lines[:fitting], self.place),
            self.rest(self.lines[fitting:], self.place.continued()),
        ]

    def paint(self, canvas: Canvas) -> None:
        """Draw the lines."""
        left = self.place.indent + self.padding
        width = self.theme.text_width - left - self.padding
        top = self.height - self.padding
        draw_lines(canvas, self.lines, self.style, self.theme.palette, (left, top, width))

    def top_inset(self) -> float:
        """Return the padding above the first line."""
        return self.padding


class TextFlow(LinesFlow):
    """A paragraph."""

    def __init__(
        self,
        runs: Runs,
        theme: Theme,
        style: TextStyle,
        place: Place = Place(),
        *,
        lines: Sequence[Line] | None = None,
    ) -> None:
        super().__init__(theme, style, place, lines=lines)
        self.runs = runs

    def break_at(self, width: float) -> Sequence[Line]:
        """Break at white space."""
        return break_lines(self.runs, self.style, width)

    def rest(self, lines: Sequence[Line], place: Place) -> Self:
        """Return a paragraph of these lines."""
        return type(self)((), self.theme, self.style, place, lines=lines)


class CodeFlow(LinesFlow):
    """Preformatted text on a tinted box, which each part has when the block is split."""

    def __init__(
        self, runs: Runs, theme: Theme, style: TextStyle, place: Place, *, lines: Sequence[Line] | None = None
    ) -> None:
        super().__init__(theme, style, place, lines=lines)
        self.runs = runs
        self.padding = theme.code_padding

    def break_at(self, width: float) -> Sequence[Line]:
        """Break at line feeds, and anywhere in a line that is too long."""
        return break_preformatted(self.runs, self.style, width)

    def rest(self, lines: Sequence[Line], place: Place) -> Self:
        """Return a box of these lines."""
        return type(self)((), self.theme, self.style, place, lines=lines)

    def paint(self, canvas: Canvas) -> None:
        """Draw the box, then the lines."""
        canvas.setFillColor(self.theme.palette.code_background)
        width = self.theme.text_width - self.place.indent
        canvas.roundRect(self.place.indent, 0, width, self.height, 3, stroke=0, fill=1)
        super().paint(canvas)
