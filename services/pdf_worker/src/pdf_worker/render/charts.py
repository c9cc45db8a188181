"""Bar, line and pie charts, drawn as vectors."""

import math
from collections.abc import Sequence
from itertools import pairwise

from reportlab.lib.colors import Color, HexColor

from pdf_worker.render.blocks import Chart, Run
from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.drawing import draw_lines
from pdf_worker.render.lines import break_lines
from pdf_worker.render.place import Place
from pdf_worker.render.standing import StandingFlow
from pdf_worker.theme import TextStyle, Theme

_COLOURS = (0x1F5C87, 0xD98E32, 0x4C9A79, 0xA34A5B, 0x7B6BA8, 0x6B7682, 0xB7A13A, 0x3D9BB3)
_HEIGHT = 190.0
_LEGEND_ROW = 13.0
_LABEL = 7.6


def number_text(value: float) -> str:
    """Return a number as a reader writes it: no needless zeros, thousands apart."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.2f}".rstrip("0").rstrip(".")


class ChartFlow(StandingFlow):
    """A chart of a fixed height that never splits."""

    role = "Figure"

    def alternative(self) -> str:
        """Return the title and all numbers."""
        rows = (
            ", ".join(
                f"{label} {number_text(value)}"
                for label, value in zip(self.chart.labels, series.values, strict=True)
                if value is not None
            )
            for series in self.chart.series
        )
        return f"{self.chart.title}: {'; '.join(rows)}"

    def __init__(self, chart: Chart, theme: Theme, style: TextStyle, place: Place) -> None:
        super().__init__(theme, style, place)
        self.chart = chart
        self.small = TextStyle(_LABEL, _LABEL * 1.25, theme.palette.ink, language=theme.language)

    def measure(self, available_height: float) -> float:  # noqa: ARG002 - of fixed height
        """Return the height of plot, labels and legend."""
        if self.chart.kind == "pie":
            return max(150.0, len(self.chart.labels) * 14.0 + 20)
        legend = _LEGEND_ROW * sum(1 for series in self.chart.series if series.name)
        return _HEIGHT + legend + self._label_height() + (12 if self.chart.x_title else 0)

    def paint(self, canvas: ReportCanvas) -> None:
        """Draw the chart between indent and right margin."""
        canvas.translate(self.place.indent, 0)
        if self.chart.kind == "pie":
            self._paint_pie(canvas)
        else:
            self._paint_plot(canvas)

    @property
    def _width(self) -> float:
        return self.theme.text_width - self.place.indent

    def _label_height(self) -> float:
        slot = (self._width - 50) / len(self.chart.labels)
        lines = max(len(break_lines([Run(label)], self.small, slot - 3)) for label in self.chart.labels)
        return lines * self.small.leading

    def _write(  # noqa: PLR0913, PLR0917 - where and how a label stands
        self, canvas: ReportCanvas, text: str, x: float, top: float, width: float, alignment: str = "left"
    ) -> None:
        style = TextStyle(
            _LABEL, _LABEL * 1.25, self.theme.palette.ink, alignment=alignment, language=self.theme.language
        )
        draw_lines(canvas, break_lines([Run(text)], style, width), style, self.theme.palette, (x, top, width))

    def _paint_pie(self, canvas: ReportCanvas) -> None:
        values = [value or 0.0 for value in self.chart.series[0].values]
        total, radius = sum(values), 62.0
        middle, x = self.height / 2, 20 + radius
        start = 90.0
        canvas.setStrokeColor(HexColor(0xFFFFFF))
        for number, value in enumerate(values):
            extent = -360.0 * value / total
            canvas.setFillColor(_colour(number))
            if abs(extent) >= 359.99:
                canvas.circle(x, middle, radius, stroke=0, fill=1)
            elif value:
                canvas.wedge(
                    x - radius, middle - radius, x + radius, middle + radius, start, extent, stroke=1, fill=1
                )
            start += extent
        top = middle + len(values) * 7.0
        for number, (label, value) in enumerate(zip(self.chart.labels, values, strict=True)):
            self._swatch(canvas, 2 * radius + 50, top - number * 14, number)
            text = f"{label}: {number_text(value)} ({100 * value / total:.1f}%)"
            self._write(canvas, text, 2 * radius + 64, top - number * 14 - 1, self._width - 2 * radius - 64)

    def _swatch(self, canvas: ReportCanvas, x: float, top: float, number: int) -> None:
        canvas.setFillColor(_colour(number))
        canvas.rect(x, top - 9, 8, 8, stroke=0, fill=1)

    def _paint_plot(self, canvas: ReportCanvas) -> None:
        top = self.height
        for number, series in enumerate(self.chart.series):
            if series.name:
                self._swatch(canvas, 44, top, number)
                self._write(canvas, series.name, 57, top - 0.5, self._width - 60)
                top -= _LEGEND_ROW
        if self.chart.y_title:
            self._write(canvas, self.chart.y_title, 0, top, self._width)
        top -= 14
        below = self._label_height() + (12 if self.chart.x_title else 0) + 4
        low, high = _range(self.chart)
        box = (44.0, below, self._width - 44 - 6, top - below)
        self._paint_grid(canvas, box, low, high)
        draw = self._paint_bars if self.chart.kind == "bar" else self._paint_lines
        draw(canvas, box, low, high)
        slot = box[2] / len(self.chart.labels)
        for number, label in enumerate(self.chart.labels):
            self._write(canvas, label, box[0] + number * slot + 1.5, below - 4, slot - 3, "center")
        if self.chart.x_title:
            self._write(canvas, self.chart.x_title, box[0], 11, box[2], "center")

    def _paint_grid(
        self, canvas: ReportCanvas, box: tuple[float, float, float, float], low: float, high: float
    ) -> None:
        left, bottom, width, height = box
        canvas.setLineWidth(0.5)
        canvas.setStrokeColor(self.theme.palette.rule)
        for tick in _ticks(low, high):
            y = bottom + (tick - low) / (high - low) * height
            canvas.line(left, y, left + width, y)
            self._write(canvas, number_text(tick), 0, y + 5, left - 6, "right")

    def _paint_bars(
        self, canvas: ReportCanvas, box: tuple[float, float, float, float], low: float, high: float
    ) -> None:
        left, bottom, width, height = box
        slot = width / len(self.chart.labels)
        bar = min(42.0, slot * 0.72 / len(self.chart.series))
        zero = bottom + (0 - low) / (high - low) * height
        for row, series in enumerate(self.chart.series):
            for number, value in enumerate(series.values):
                if value is None:
                    continue
                x = left + number * slot + (slot - bar * len(self.chart.series)) / 2 + row * bar
                y = bottom + (value - low) / (high - low) * height
                canvas.setFillColor(_colour(row))
                canvas.rect(x + 0.4, min(y, zero), bar - 0.8, max(abs(y - zero), 0.4), stroke=0, fill=1)
                self._write_value(canvas, value, (x + bar / 2, max(y, zero) + 10.5), bar)

    def _paint_lines(
        self, canvas: ReportCanvas, box: tuple[float, float, float, float], low: float, high: float
    ) -> None:
        left, bottom, width, height = box
        slot = width / len(self.chart.labels)
        for row, series in enumerate(self.chart.series):
            points = [
                (left + (number + 0.5) * slot, bottom + (value - low) / (high - low) * height, value)
                for number, value in enumerate(series.values)
                if value is not None
            ]
            canvas.setStrokeColor(_colour(row))
            canvas.setFillColor(_colour(row))
            canvas.setLineWidth(1.5)
            for (x0, y0, _), (x1, y1, _) in pairwise(points):
                canvas.line(x0, y0, x1, y1)
            for x, y, value in points:
                canvas.setFillColor(_colour(row))
                canvas.circle(x, y, 2, stroke=0, fill=1)
                self._write_value(canvas, value, (x, y + 12), slot)

    def _write_value(self, canvas: ReportCanvas, value: float, at: tuple[float, float], room: float) -> None:
        """Write a value where it does not run into its neighbours; small where there is little room."""
        size = min(_LABEL - 0.8, 1.75 * room / max(len(number_text(value)), 1))
        style = TextStyle(
            max(size, 2.5),
            max(size, 2.5) * 1.25,
            self.theme.palette.muted,
            alignment="center",
            language=self.theme.language,
        )
        lines = break_lines([Run(number_text(value))], style, 200)
        draw_lines(canvas, lines, style, self.theme.palette, (at[0] - 100, at[1], 200))


def _colour(number: int) -> Color:
    return HexColor(_COLOURS[number % len(_COLOURS)])


def _range(chart: Chart) -> tuple[float, float]:
    """Return the lowest and highest value of the axis; bars grow from zero."""
    values = [value for series in chart.series for value in series.values if value is not None]
    low, high = min(values), max(values)
    if chart.kind == "bar" or (low > 0 and low < 0.6 * high):
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = low - 1, high + 1
    step = _step(low, high)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _step(low: float, high: float) -> float:
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)


def _ticks(low: float, high: float) -> Sequence[float]:
    step = _step(low, high)
    return [round(low + number * step, 10) for number in range(round((high - low) / step) + 1)]
