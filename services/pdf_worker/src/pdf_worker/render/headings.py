"""Headings: kept with what follows, and listed in the outline."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from pdf_worker.render.blocks import Runs
from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.flowables import Flow, Place, TextFlow
from pdf_worker.render.lines import Line
from pdf_worker.theme import TextStyle, Theme


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """`depth` counts from 0 and never skips a step on the way down, as PDF viewers expect."""

    key: str
    title: str
    depth: int


@dataclass(slots=True)
class PageNumbers:
    """Where each heading stands; filled while pages are laid out, read when they are laid out again."""

    pages: dict[str, int] = field(default_factory=dict)
    sections: list[tuple[int, bool, str]] = field(default_factory=list)

    def note(self, key: str, page: int) -> None:
        """Keep the page of a heading."""
        self.pages[key] = page

    def begin_section(self, page: int, title: str, *, at_top: bool) -> None:
        """Keep where a part of the first level begins."""
        if (page, at_top, title) not in self.sections:
            self.sections.append((page, at_top, title))

    def section_at(self, page: int) -> str:
        """Return the section that goes on at the top of a page, or else the first that begins on it."""
        here = [(at_top, title) for begins, at_top, title in self.sections if begins == page]
        if here and here[0][0]:
            return here[0][1]
        earlier = [title for begins, _, title in self.sections if begins < page]
        return (earlier[-1:] or [title for _, title in here] or [""])[0]


class HeadingFlow(TextFlow):
    """A heading or a caption that moves to the next page unless the beginning of what follows fits below."""

    following: Flow | None = None

    @property
    def role(self) -> str:  # type: ignore[override] # known only when the outline is
        """A heading of the depth in the outline; what is not in it is a caption."""
        return f"H{min(self.entry.depth + 1, 6)}" if self.entry else "Caption"

    def __init__(  # noqa: PLR0913 - what a heading is made of
        self,
        runs: Runs,
        theme: Theme,
        style: TextStyle,
        place: Place = Place(),  # noqa: B008 - frozen
        *,
        lines: Sequence[Line] | None = None,
        entry: OutlineEntry | None = None,
        numbers: PageNumbers | None = None,
    ) -> None:
        super().__init__(runs, theme, style, place, lines=lines)
        self.entry = entry
        self.numbers = numbers

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Ask for more when only the heading itself would fit."""
        width, height = super().wrap(available_width, available_height)
        reserve = self._reserve()
        if height <= available_height < height + reserve and not self._fresh(available_height):
            return width, height + reserve
        return width, height

    def least_height(self) -> float:
        """Return the height of the heading and of what must follow it."""
        height = self.measure(self.theme.text_width, self.theme.text_height)
        return self.style.space_before + height + self._reserve()

    def _reserve(self) -> float:
        most = 0.6 * self.theme.text_height
        return min(self.following.least_height(), most) if self.following else 0.0

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Split only where an empty page is too short."""
        if not self._fresh(available_height):
            return []
        first, *others = super().split(available_width, available_height)
        if isinstance(first, HeadingFlow):
            first.entry, first.numbers = self.entry, self.numbers
        return [first, *others]

    def rest(self, lines: Sequence[Line], place: Place) -> Self:
        """Return a part without outline entry or reserve."""
        return type(self)((), self.theme, self.style, place, lines=lines)

    def drawOn(self, canvas: Canvas, x: float, y: float, _sW: float = 0) -> None:  # noqa: N802, N803 - reportlab's names
        """Note the page, for the table of contents, and draw."""
        if self.entry is not None and self.numbers is not None:
            self.numbers.note(self.entry.key, canvas.getPageNumber())
            if self.entry.depth == 0:
                at_top = y + self.height > self.theme.page_size[1] - self.theme.margins.top - 1
                self.numbers.begin_section(canvas.getPageNumber(), self.entry.title, at_top=at_top)
        super().drawOn(canvas, x, y, _sW)

    def paint(self, canvas: Canvas) -> None:
        """Draw the text and mark the spot for the outline."""
        if self.entry is not None and isinstance(canvas, ReportCanvas):
            canvas.mark(self.entry.key, self.height + self.style.space_before)
            canvas.addOutlineEntry(self.entry.title, self.entry.key, self.entry.depth, closed=0)
        super().paint(canvas)

    def _fresh(self, available_height: float) -> bool:
        return available_height > 0.9 * self.theme.text_height
