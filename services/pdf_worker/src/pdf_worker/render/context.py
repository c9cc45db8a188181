"""What a block inherits from the blocks around it."""

from dataclasses import dataclass, replace
from functools import lru_cache

from pdf_worker.render.place import Bar, Marker, Place
from pdf_worker.render.tagging import Group, Path
from pdf_worker.theme import TextStyle, Theme

_DEEPEST_INDENT = 0.4


@dataclass(frozen=True, slots=True)
class Context:
    """Where the next block stands; `gap` replaces the space before it, `small` sets it as a note."""

    theme: Theme
    indent: float = 0
    bars: tuple[Bar, ...] = ()
    list_depth: int = 0
    markers: tuple[Marker, ...] = ()
    joined: int = 0
    gap: float | None = None
    quoted: bool = False
    small: bool = False
    path: Path = ()

    @property
    def place(self) -> Place:
        """Where a flowable made here stands."""
        return Place(self.indent, self.bars, self.joined, self.markers, self.path)

    @property
    def body(self) -> TextStyle:
        """How running text is set here."""
        if self.small:
            return self.spaced(self.theme.note)
        return self.spaced(self.theme.quote if self.quoted else self.theme.body)

    def spaced(self, style: TextStyle) -> TextStyle:
        """Return the style with the space above that is due here."""
        return style if self.gap is None else _spaced(style, self.gap)

    def following(self) -> "Context":
        """Return the context of the next block: only the first has the markers, the gap and the join."""
        if not self.markers and self.gap is None and self.joined == len(self.bars):
            return self
        return replace(self, markers=(), gap=None, joined=len(self.bars))

    def inside(self, *roles: str) -> "Context":
        """Return the context inside new groups of these structure types, the outermost first."""
        return replace(self, path=(*self.path, *(Group(role) for role in roles)))

    def deeper(self, step: float) -> float:
        """Return the indent one step to the right, as long as there is room left for text."""
        limit = _DEEPEST_INDENT * self.theme.text_width
        return max(self.indent, min(self.indent + step, limit))


@lru_cache(256)
def _spaced(style: TextStyle, gap: float) -> TextStyle:
    return replace(style, space_before=gap)
