"""Headings: kept with what follows, and listed in the outline."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from pdf_worker.render.blocks import Runs, plain_text
from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.flowables import Flow
from pdf_worker.render.lines import Line
from pdf_worker.render.place import Place
from pdf_worker.render.text_flows import TextFlow
from pdf_worker.theme import TextStyle, Theme

_LONGEST_TITLE = 120
_ENDS = ".!?;,\u3002\uff01\uff1f\uff1b\uff0c"


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """`depth` counts from 0 and never skips a step on the way down, as PDF viewers expect."""

    key: str
    title: str
    depth: int


@dataclass(slots=True)
class PageNumbers:
    """Where each heading stands; filled while pages are laid out, read when they are drawn."""

    pages: dict[str, int] = field(default_factory=dict)
    _starts: dict[int, tuple[bool, str]] = field(default_factory=dict)
    _last: dict[int, str] = field(default_factory=dict)

    def begin_section(self, page: int, title: str, *, at_top: bool) -> None:
        """Keep where a part of the first level begins; parts come in the order of their pages."""
        self._starts.setdefault(page, (at_top, title))
        self._last[page] = title

    def sections(self, pages: int) -> list[str]:
        """Return for each page the section that goes on at its top, or else the first that begins on it."""
        titles = []
        current = ""
        for page in range(1, pages + 1):
            at_top, first = self._starts.get(page, (False, ""))
            titles.append(first if at_top or not current else current)
            current = self._last.get(page, current)
        return titles


def is_title(runs: Runs) -> bool:
    """Whether a paragraph is a bold line without an end, which models write where they mean a heading."""
    text = plain_text(runs).strip()
    bold = all(run.style.bold or not run.text.strip() for run in runs)
    return bold and 0 < len(text) <= _LONGEST_TITLE and "\n" not in text and text[-1] not in _ENDS


class HeadingFlow(TextFlow):
    """A heading or a caption that moves to the next page unless the beginning of what follows fits below."""

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

    def wrap(self, available_height: float) -> float:
        """Ask for more when only the heading itself would fit."""
        height = super().wrap(available_height)
        if self._fresh(available_height) or height > available_height:
            return height
        reserve = self._reserve()
        return height + reserve if available_height < height + reserve else height

    def least_height(self) -> float:
        """Return the height of the heading and of what must follow it."""
        return self.style.space_before + self.measure(self.theme.text_height) + self._reserve()

    def _reserve(self) -> float:
        return min(self.reserve(), 0.6 * self.theme.text_height)

    def split(self, available_height: float) -> Sequence[Flow]:
        """Split only where an empty page is too short."""
        if not self._fresh(available_height):
            return ()
        first, *others = super().split(available_height)
        if isinstance(first, HeadingFlow):
            first.entry, first.numbers = self.entry, self.numbers
        return [first, *others]

    def rest(self, lines: Sequence[Line], place: Place) -> Self:
        """Return a part without outline entry or reserve."""
        return type(self)((), self.theme, self.style, place, lines=lines)

    def settle(self, page: int, y: float) -> None:
        """Note the page, for the table of contents and the running header."""
        if self.entry is None or self.numbers is None:
            return
        self.numbers.pages[self.entry.key] = page
        if self.entry.depth == 0:
            at_top = y + self.height > self.theme.page_size[1] - self.theme.margins.top - 1
            self.numbers.begin_section(page, self.entry.title, at_top=at_top)

    def paint(self, canvas: ReportCanvas) -> None:
        """Draw the text and mark the spot for the outline."""
        if self.entry is not None:
            canvas.mark(self.entry.key, self.height + self.style.space_before)
            canvas.addOutlineEntry(self.entry.title, self.entry.key, self.entry.depth, closed=0)
        super().paint(canvas)

    def _fresh(self, available_height: float) -> bool:
        return available_height > 0.9 * self.theme.text_height
