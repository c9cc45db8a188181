"""Blocks that are stacks of lines: paragraphs and code."""

from collections.abc import Sequence
from typing import Self

from pdf_worker.render.blocks import Runs
from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.code_lines import break_preformatted
from pdf_worker.render.drawing import draw_lines
from pdf_worker.render.flowables import Flow
from pdf_worker.render.lines import Line, break_lines
from pdf_worker.render.place import Place
from pdf_worker.theme import TextStyle, Theme


class LinesFlow(Flow):
    """A block that is a stack of lines of equal height inside an optional padding."""

    padding: float = 0

    def __init__(
        self, theme: Theme, style: TextStyle, place: Place, *, lines: Sequence[Line] | None = None
    ) -> None:
        super().__init__(theme, style, place)
        self._lines = lines

    @property
    def lines(self) -> Sequence[Line]:
        """The content, broken once; a part of a split block keeps its lines."""
        if self._lines is None:
            self._lines = self.break_at(self.theme.text_width - self.place.indent - 2 * self.padding)
        return self._lines

    def break_at(self, width: float) -> Sequence[Line]:
        """Return the content as lines no wider than `width`."""
        raise NotImplementedError

    def rest(self, lines: Sequence[Line], place: Place) -> Self:
        """Return a block of the same kind that holds these lines."""
        raise NotImplementedError

    def measure(self, available_height: float) -> float:  # noqa: ARG002 - height is free
        """Return the height of all lines."""
        return len(self.lines) * self.style.leading + 2 * self.padding

    def least_height(self) -> float:
        """Return the height of the first two lines, or of three where there are no more."""
        lines = len(self.lines) if len(self.lines) <= 3 else 2
        return self.style.space_before + lines * self.style.leading + 2 * self.padding

    def split(self, available_height: float) -> Sequence[Flow]:
        """Split between lines, leaving no single line behind or ahead where that can be avoided."""
        total = len(self.lines)
        fitting = int((available_height - 2 * self.padding) / self.style.leading)
        fresh_page = available_height > 0.9 * self.theme.text_height
        if not fresh_page:
            fitting = min(fitting, max(total - 2, 0))
            if fitting < 2:
                return ()
        fitting = max(fitting, 1)
        return (
            self.rest(self.lines[:fitting], self.place),
            self.rest(self.lines[fitting:], self.place.continued()),
        )

    def paint(self, canvas: ReportCanvas) -> None:
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
        place: Place = Place(),  # noqa: B008 - frozen
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

    def paint(self, canvas: ReportCanvas) -> None:
        """Draw the box, then the lines."""
        canvas.setFillColor(self.theme.palette.code_background)
        width = self.theme.text_width - self.place.indent
        canvas.roundRect(self.place.indent, 0, width, self.height, 3, stroke=0, fill=1)
        super().paint(canvas)
