"""Lines of text onto a canvas."""

from collections.abc import Iterable

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from pdf_worker.fonts.showing import show
from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.lines import Line, Piece
from pdf_worker.theme import Palette, TextStyle, reads_right_to_left

_BASELINE = 0.8
_CODE_PADDING = 1.6
_RISE = {0: 0.0, 1: 0.5, -1: -0.22}


class CountingCanvas(Canvas):
    """A canvas that only sees pages go by: nothing is drawn on it, and it makes no file."""

    def save(self) -> None:
        """Do nothing."""


def draw_lines(
    canvas: Canvas, lines: Iterable[Line], style: TextStyle, palette: Palette, box: tuple[float, float, float]
) -> None:
    """Draw lines from the top of `box`: (left, top, width) in points, aligned as the style says."""
    left, top, width = box
    baseline = top - (style.leading - style.size) / 2 - _BASELINE * style.size
    for line in lines:
        slack = max(0.0, width - line.width)
        from_right = line.rtl or (reads_right_to_left(style.language) and not style.mono)
        alignment = "right" if from_right and style.alignment == "left" else style.alignment
        shift = {"left": 0.0, "center": slack / 2, "right": slack}[alignment]
        _draw_line(canvas, line, style, palette, (left + shift, baseline))
        baseline -= style.leading


def _draw_line(
    canvas: Canvas, line: Line, style: TextStyle, palette: Palette, origin: tuple[float, float]
) -> None:
    x, y = origin
    for piece in line.pieces:
        if (piece.style.code and not style.mono) or piece.style.mark:
            _draw_background(canvas, piece, palette, origin)
    for piece in line.pieces:
        canvas.setFillColor(_color(piece, style, palette))
        rise = _RISE[piece.style.rise] * piece.size
        show(canvas, piece.segments, piece.size, (x + piece.x, y + rise))
    for piece in line.pieces:
        _decorate(canvas, piece, _color(piece, style, palette), palette, origin)


def _color(piece: Piece, style: TextStyle, palette: Palette) -> Color:
    if piece.style.color is not None:
        return HexColor(piece.style.color)
    return palette.accent if piece.style.link or piece.style.target else style.color


def _draw_background(canvas: Canvas, piece: Piece, palette: Palette, origin: tuple[float, float]) -> None:
    x, y = origin
    canvas.setFillColor(palette.highlight if piece.style.mark else palette.code_background)
    canvas.roundRect(
        x + piece.x - _CODE_PADDING,
        y - 0.28 * piece.size,
        piece.width + 2 * _CODE_PADDING,
        1.3 * piece.size,
        2,
        stroke=0,
        fill=1,
    )


def _decorate(
    canvas: Canvas, piece: Piece, color: Color, palette: Palette, origin: tuple[float, float]
) -> None:
    x, y = origin[0] + piece.x, origin[1]
    if piece.style.strike:
        canvas.setStrokeColor(color)
        canvas.setLineWidth(piece.size * 0.06)
        canvas.line(x, y + piece.size * 0.27, x + piece.width, y + piece.size * 0.27)
    if piece.style.link or piece.style.underline:
        canvas.setStrokeColor(palette.rule if piece.style.link else color)
        canvas.setLineWidth(0.7)
        canvas.line(x, y - piece.size * 0.16, x + piece.width, y - piece.size * 0.16)
    low = y + _RISE[piece.style.rise] * piece.size
    area = (x, low - piece.size * 0.25, x + piece.width, low + piece.size * 0.85)
    if piece.style.target and isinstance(canvas, ReportCanvas):
        canvas.jump_to(piece.style.target, area)
    elif piece.style.link:
        canvas.linkURL(piece.style.link, area, relative=1)
    if piece.style.anchor and isinstance(canvas, ReportCanvas):
        canvas.mark(piece.style.anchor, y + 2 * piece.size)
