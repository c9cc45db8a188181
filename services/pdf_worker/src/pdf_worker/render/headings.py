"""Headings: kept with what follows, and listed in the outline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from pdf_worker.render.blocks import Runs
from pdf_worker.render.flowables import Place, TextFlow
from pdf_worker.render.lines import Line
from pdf_worker.theme import TextStyle, Theme


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """`depth` counts from 0 and never skips a step on the way down, as PDF viewers expect."""

    key: str
    title: str
    depth: int


class HeadingFlow(TextFlow):
    """A heading that moves to the next page unless `reserve` points of what follows fit below it."""

    def __init__(  # noqa: PLR0913 - what a heading is made of
        self,
        runs: Runs,
        theme: Theme,
        style: TextStyle,
        place: Place = Place(),  # noqa: B008 - frozen
        *,
        lines: Sequence[Line] | None = None,
        entry: OutlineEntry | None = None,
        reserve: float = 0,
    ) -> None:
        super().__init__(runs, theme, style, place, lines=lines)
        self.entry = entry
        self.reserve = reserve

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Ask for the reserve too when only the heading itself would fit."""
        width, height = super().wrap(available_width, available_height)
        if height <= available_height < height + self.reserve and not self._fresh(available_height):
            return width, height + self.reserve
        return width, height

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Split only where an empty page is too short."""
        if not self._fresh(available_height):
            return []
        first, *others = super().split(available_width, available_height)
        if isinstance(first, HeadingFlow):
            first.entry = self.entry
        return [first, *others]

    def rest(self, lines: Sequence[Line], place: Place) -> Self:
        """Return a part without outline entry or reserve."""
        return type(self)((), self.theme, self.style, place, lines=lines)

    def paint(self, canvas: Canvas) -> None:
        """Draw the text and mark the spot for the outline."""
        if self.entry is not None:
            canvas.bookmarkHorizontal(self.entry.key, 0, self.height + self.style.space_before)
            canvas.addOutlineEntry(self.entry.title, self.entry.key, self.entry.depth, closed=0)
        super().paint(canvas)

    def _fresh(self, available_height: float) -> bool:
        return available_height > 0.9 * self.theme.text_height
