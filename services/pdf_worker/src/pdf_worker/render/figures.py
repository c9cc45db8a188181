"""What stands on its own and cannot be split: formulas and pictures, shrunk until they fit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from reportlab.pdfgen.pathobject import PDFPathObject
from ziafont.config import config
from ziamath.zmath import Latex

from pdf_worker.render.blocks import Picture, Run
from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.drawing import draw_lines
from pdf_worker.render.latex import formula_text, prepared
from pdf_worker.render.lines import break_lines, natural_width
from pdf_worker.render.place import Place
from pdf_worker.render.standing import StandingFlow
from pdf_worker.theme import TextStyle, Theme

_SHAPE = re.compile(r'<path d="([^"]*)"|<rect x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"')
_STEP = re.compile(r"([MLQCZHV])([^MLQCZHV]*)")
_MAX_LATEX = 2000
_BASE_SIZE = 12.0
_WIDE = re.compile(r"[\u0250-\u036f\u0400-\u1fff\u2e80-\uffff]")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A formula at 12 points: `shapes` are its outlines as SVG writes them, y down from the baseline."""

    shapes: tuple[tuple[str, ...], ...]
    width: float
    ascent: float
    descent: float
    text: str


@lru_cache(maxsize=128)
def draw_formula(latex: str) -> Drawing | None:
    """Lay a formula out; None when that is not possible and its text has to do."""
    source = prepared(latex)
    if not source or len(source) > _MAX_LATEX or _WIDE.search(source):
        return None
    try:
        config.svg2 = False
        formula = Latex(source, size=_BASE_SIZE)
        svg = formula.svg()
        box = re.search(r'viewBox="([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+)"', svg)
    except Exception:  # noqa: BLE001 - the library raises anything on broken LaTeX
        return None
    shapes = tuple(match.groups("") for match in _SHAPE.finditer(svg))
    if box is None or not shapes:
        return None
    _, top, width, height = map(float, box.groups())
    return Drawing(shapes, width, -top, height + top, formula_text(latex))


class FormulaFlow(StandingFlow):
    """A displayed formula in the middle of the line; its text can be selected and read aloud."""

    role = "Formula"

    def alternative(self) -> str:
        """Return the formula as text."""
        return self.drawing.text

    def __init__(self, drawing: Drawing, theme: Theme, style: TextStyle, place: Place) -> None:
        super().__init__(theme, style, place)
        self.drawing = drawing
        self.scale = 1.0

    def measure(self, available_height: float) -> float:  # noqa: ARG002 - it fits any page
        """Return the height at the size of running text, or smaller where the line is too short."""
        natural = self.theme.body_size * 1.12 / _BASE_SIZE
        width = self.theme.text_width - self.place.indent
        height = self.drawing.ascent + self.drawing.descent
        self.scale = min(natural, width / self.drawing.width, (0.85 * self.theme.text_height - 8) / height)
        return height * self.scale + 4

    def paint(self, canvas: ReportCanvas) -> None:
        """Draw the outlines over invisible text."""
        drawn = self.drawing
        room = self.theme.text_width - self.place.indent
        canvas.translate(
            self.place.indent + max(0.0, room - drawn.width * self.scale) / 2, 2 + drawn.descent * self.scale
        )
        self._write(canvas)
        canvas.setFillColor(self.style.color)
        canvas.scale(self.scale, -self.scale)
        path = canvas.beginPath()
        for outline, x, y, width, height in drawn.shapes:
            if outline:
                _trace(path, outline)
            else:
                path.rect(float(x), float(y), float(width), float(height))
        canvas.drawPath(path, stroke=0, fill=1, fillMode=1)

    def _write(self, canvas: ReportCanvas) -> None:
        """Put the formula's text, unseen, where the formula is."""
        style = replace(self.style, size=self.theme.body_size, leading=self.theme.body_size)
        _, natural = natural_width([Run(self.drawing.text)], style)
        style = style.scaled(min(1.0, 0.98 * self.drawing.width * self.scale / max(natural, 1.0)))
        canvas.saveState()
        canvas.addLiteral("3 Tr")
        lines = break_lines([Run(self.drawing.text)], style, 2 * self.theme.text_width)
        draw_lines(canvas, lines, style, self.theme.palette, (0, style.leading, 0))
        canvas.restoreState()


def _trace(path: PDFPathObject, outline: str) -> None:
    x = y = 0.0
    for command, numbers in _STEP.findall(outline):
        values = [float(number) for number in numbers.split()]
        if command == "Z":
            path.close()
        for at in _points(command, values):
            if command == "M":
                path.moveTo(*at[:2])
            elif command == "L":
                path.lineTo(*at[:2])
            elif command == "Q":
                # PDF has cubic curves only: the same curve with its control points raised by a degree.
                cx, cy, ex, ey = at
                path.curveTo(
                    x + (cx - x) * 2 / 3,
                    y + (cy - y) * 2 / 3,
                    ex + (cx - ex) * 2 / 3,
                    ey + (cy - ey) * 2 / 3,
                    ex,
                    ey,
                )
            elif command == "C":
                path.curveTo(*at)
            x, y = at[-2:]


def _points(command: str, values: list[float]) -> Iterator[list[float]]:
    size = {"M": 2, "L": 2, "Q": 4, "C": 6}.get(command)
    if size is not None:
        for start in range(0, len(values) - size + 1, size):
            yield values[start : start + size]


class PictureFlow(StandingFlow):
    """A raster image, no wider than the text and no higher than most of a page."""

    role = "Figure"
    _POINTS_PER_PIXEL = 0.6

    def alternative(self) -> str:
        """Return what is known of the picture."""
        return self.picture.alternative

    def __init__(self, picture: Picture, theme: Theme, style: TextStyle, place: Place) -> None:
        super().__init__(theme, style, place)
        self.picture = picture
        self.size = (0.0, 0.0)

    def measure(self, available_height: float) -> float:  # noqa: ARG002 - it fits any page
        """Return the height of the picture as it will be drawn."""
        scale = min(
            self._POINTS_PER_PIXEL,
            (self.theme.text_width - self.place.indent) / self.picture.width,
            0.62 * self.theme.text_height / self.picture.height,
        )
        self.size = (self.picture.width * scale, self.picture.height * scale)
        return self.size[1]

    def paint(self, canvas: ReportCanvas) -> None:
        """Draw the picture in the middle of the line."""
        width, height = self.size
        left = self.place.indent + max(0.0, self.theme.text_width - self.place.indent - width) / 2
        canvas.picture(self.picture.content, (left, 0, left + width, height))
