"""What flows down pages: blocks that know their height and can be split.

What is not split always fits an empty page, and of what is split at least one line does. So every report can
be laid out.
"""

from collections.abc import Sequence

from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.drawing import draw_lines
from pdf_worker.render.place import Marker, Place
from pdf_worker.theme import TextStyle, Theme

_MARKER_GAP = 6
_BAR_WIDTH = 2


class Flow:
    """What all blocks share: a place, a style, and a height that is known once it is wrapped.

    `role` is the standard structure type of PDF 1.7 that a block is tagged as, and `following` the next
    block, which this one must not be parted from. The gap between two blocks is
    the larger of the upper one's space after and the lower one's space before, and none at the top of a page.
    """

    role = "P"
    following: "Flow | None" = None

    def __init__(self, theme: Theme, style: TextStyle, place: Place) -> None:
        self.theme = theme
        self.style = style
        self.place = place
        self.height = 0.0

    def wrap(self, available_height: float) -> float:
        """Lay out, and return how much room is needed: more than the height to keep the next block close."""
        self.height = self.measure(available_height)
        return self.height

    def measure(self, available_height: float) -> float:
        """Return the height in points between the margins of the theme."""
        raise NotImplementedError

    def split(self, available_height: float) -> "Sequence[Flow]":  # noqa: ARG002 - most blocks stay whole
        """Return two parts, the first of which fits; nothing when the block has to begin on the next page."""
        return ()

    def least_height(self) -> float:
        """Return the height that must be free for this block to begin, space above included."""
        return self.style.space_before + 2 * self.style.leading

    def reserve(self) -> float:
        """Return the height that must be free below for `following` to begin, the gap included."""
        following = self.following
        if following is None:
            return 0.0
        gap = max(self.style.space_after, following.style.space_before)
        return gap + following.least_height() - following.style.space_before

    def settle(self, page: int, y: float) -> None:
        """Learn on which page (from 1) the block stands, and the height of its lower edge."""

    def draw(self, canvas: ReportCanvas, y: float) -> None:
        """Draw with the lower edge at `y`."""
        canvas.saveState()
        canvas.translate(self.theme.margins.left, y)
        if self.place.bars:
            page_top = self.theme.page_size[1] - self.theme.margins.top
            with canvas.ornament():
                self._draw_bars(canvas, at_top=y + self.height > page_top - 1)
        for marker in self.place.markers:
            with canvas.within(marker.path), canvas.tagged("Lbl"):
                self._draw_marker(canvas, marker)
        if self.theme.rtl:
            canvas.translate(-self.place.indent, 0)  # the indent is on the other side
        with canvas.within(self.place.path):
            self.paint_tagged(canvas)
        canvas.restoreState()

    def paint_tagged(self, canvas: ReportCanvas) -> None:
        """Draw the content, and say what it is."""
        with canvas.tagged(self.role, self.alternative()):
            self.paint(canvas)

    def alternative(self) -> str:
        """Return what is read aloud in place of what has no text."""
        return ""

    def paint(self, canvas: ReportCanvas) -> None:
        """Draw the content; the origin is the lower left corner."""
        raise NotImplementedError

    def _draw_bars(self, canvas: ReportCanvas, *, at_top: bool) -> None:
        gap = max(self.style.space_before, self.theme.box_gap)  # a bar may overlap itself
        for number, bar in enumerate(self.place.bars):
            above = gap if number < self.place.joined and not at_top else 0
            canvas.setFillColor(bar.color)
            x = self.theme.text_width - bar.x - _BAR_WIDTH if self.theme.rtl else bar.x
            canvas.rect(x, 0, _BAR_WIDTH, self.height + above, stroke=0, fill=1)

    def _draw_marker(self, canvas: ReportCanvas, marker: Marker) -> None:
        left = marker.text_left - marker.line.width - _MARKER_GAP
        if self.theme.rtl:
            left = self.theme.text_width - marker.text_left + _MARKER_GAP
        top = self.height - self.top_inset()
        draw_lines(canvas, [marker.line], marker.style, self.theme.palette, (left, top, 0))

    def top_inset(self) -> float:
        """Return how far below the top edge the first line begins."""
        return 0.0
