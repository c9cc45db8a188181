"""Blocks that are never split: figures by their base class, and rules."""

from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.flowables import Flow


class StandingFlow(Flow):
    """A block that is never split."""

    def wrap(self, available_height: float) -> float:
        """Ask for the room of what must stay below too, unless no page has that much."""
        height = super().wrap(available_height)
        reserve = self.reserve()
        if height <= available_height < height + reserve < 0.9 * self.theme.text_height:
            return height + reserve
        return height

    def least_height(self) -> float:
        """Return the whole height."""
        height = self.measure(self.theme.text_height)
        reserve = self.reserve()
        return self.style.space_before + height + reserve


class RuleFlow(Flow):
    """A thematic break."""

    def paint_tagged(self, canvas: ReportCanvas) -> None:
        """Draw it as an ornament."""
        with canvas.ornament():
            self.paint(canvas)

    def measure(self, available_height: float) -> float:  # noqa: ARG002 - of fixed height
        """Return the height of the empty line it takes."""
        return self.style.leading

    def paint(self, canvas: ReportCanvas) -> None:
        """Draw a hairline."""
        canvas.setStrokeColor(self.theme.palette.rule)
        canvas.setLineWidth(0.8)
        middle = self.height / 2
        canvas.line(self.place.indent, middle, self.theme.text_width, middle)
