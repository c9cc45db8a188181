"""Where a block stands: its indent, and what stands beside it and around it."""

from dataclasses import dataclass, replace

from reportlab.lib.colors import Color

from pdf_worker.render.lines import Line
from pdf_worker.render.tagging import Path
from pdf_worker.theme import TextStyle


@dataclass(frozen=True, slots=True)
class Marker:
    """A list marker, which hangs to the left of `text_left`, the edge of its item's text.

    Like all offsets from the left these are from the right on the pages of a right-to-left language.
    `path` leads to the list item.
    """

    line: Line
    text_left: float
    style: TextStyle
    path: Path = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A vertical bar beside a quote, `x` points from the left edge of the text area."""

    x: float
    color: Color


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands: offsets are points from the left edge of the text area.

    `bars` are the quote bars beside it, `joined` how many of them reach up to the block above;
    `markers` stand before its first line, one for each list item that begins there; `path` are the lists and
    quotes that it is inside of.
    """

    indent: float = 0
    bars: tuple[Bar, ...] = ()
    joined: int = 0
    markers: tuple[Marker, ...] = ()
    path: Path = ()

    def continued(self) -> "Place":
        """Return the place of what follows after a page break."""
        return replace(self, markers=(), joined=0)
