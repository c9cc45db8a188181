"""Blocks that are never split: figures by their base class, and rules."""

from reportlab.pdfgen.canvas import Canvas

from pdf_worker.render.canvas import ornament, tagged
from pdf_worker.render.flowables import Flow


class StandingFlow(Flow):
    """A block that is never split; with `following` it keeps to the block that comes after it."""

    following: Flow | None = None

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Ask for the room of what must stay below too, unless no page has that much."""
        width, height = super().wrap(available_width, available_height)
        reserve = self.following.least_height() if self.following else 0.0
        if height <= available_height < height + reserve < 0.9 * self.theme.text_height:
            return width, height + reserve
        return width, height

    def least_height(self) -> float:
        """Return the whole height."""
        height = self.measure(self.theme.text_width, self.theme.text_height)
        reserve = self.following.least_height() if self.following else 0.0
        return self.style.space_before + height + reserve


class RuleFlow(Flow):
    """A thematic break."""

    def _paint_tagged(self, canvas: Canvas) -> None:
        for marker in self.place.markers:
            with tagged(canvas, "Lbl"):
                self._draw_marker(canvas, marker)
        with ornament(canvas):
            self.paint(canvas)

    def measure(self, available_width: float, available_height: float) -> float:  # noqa: ARG002 - of fixed height
        """Return the height of the empty line it takes."""
        return self.style.leading

    def paint(self, canvas: Canvas) -> None:
        """Draw a hairline."""
        canvas.setStrokeColor(self.theme.palette.rule)
        canvas.setLineWidth(0.8)
        middle = self.height / 2
        canvas.line(self.place.indent, middle, self.theme.text_width, middle)
