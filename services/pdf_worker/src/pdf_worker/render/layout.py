"""Blocks onto pages: where everything stands, before anything is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pdf_worker.render.flowables import Flow
from pdf_worker.theme import Theme

_FUZZ = 1e-6


class TooManyPagesError(Exception):
    """The report has more pages than a document may have."""


@dataclass(slots=True)
class Page:
    """A page: blocks, each with the height of its lower edge, in points from the bottom of the page."""

    theme: Theme
    placed: list[tuple[Flow, float]] = field(default_factory=list)


@dataclass(slots=True)
class Layout:
    """The pages of a document; the report goes on page after page."""

    theme: Theme
    most_pages: int
    pages: list[Page] = field(default_factory=list)
    _y: float = 0.0
    _gap: float = 0.0

    def begin_page(self, theme: Theme, *, above: float = 0.0) -> None:
        """Begin a page with white space above its text, in points.

        Raises:
            TooManyPagesError: the document may not have so many.

        """
        if len(self.pages) >= self.most_pages:
            raise TooManyPagesError
        self.pages.append(Page(theme))
        self._y = theme.page_size[1] - theme.margins.top - above
        self._gap = 0.0

    def add(self, flow: Flow, *, bottom: float = 0.0) -> None:
        """Place a block below the last one, on as many pages as it needs.

        `bottom` is the room at the foot of the current page, in points, that must stay free.
        """
        waiting = [flow]
        while waiting:
            current = waiting.pop()
            page = self.pages[-1]
            space = max(current.style.space_before - self._gap, 0.0) if page.placed else 0.0
            room = self._y - space - current.theme.margins.bottom - bottom
            if room > 0 and current.wrap(room) <= room + _FUZZ:
                self._place(current, self._y - space)
                continue
            parts = current.split(room) if room > 0 else ()
            if parts:
                waiting += reversed(parts)
                continue
            if not page.placed and not bottom:
                raise AssertionError(f"{type(current).__name__} fits no page")
            waiting.append(current)
            self.begin_page(page.theme)
            bottom = 0.0

    def _place(self, flow: Flow, top: float) -> None:
        y = top - flow.height
        self.pages[-1].placed.append((flow, y))
        flow.settle(len(self.pages), y)
        self._gap = flow.style.space_after
        self._y = y - self._gap


def lay_out(
    cover: Sequence[Flow],
    parts: Sequence[Sequence[Flow]],
    theme: Theme,
    most_pages: int,
    room: tuple[float, float],
) -> Sequence[Page]:
    """Place the cover, between `room` above and below it, and each part from a new page on.

    A change between upright and turned pages begins a new page too.

    Raises:
        TooManyPagesError: more than `most_pages`.

    """
    layout = Layout(theme, most_pages)
    above, below = room
    layout.begin_page(theme, above=above)
    for flow in cover:
        layout.add(flow, bottom=below if len(layout.pages) == 1 else 0.0)
    for part in parts:
        last: Theme | None = None
        for flow in part:
            if last is None or flow.theme.page_size != last.page_size:
                layout.begin_page(flow.theme)
            last = flow.theme
            layout.add(flow)
    return layout.pages
