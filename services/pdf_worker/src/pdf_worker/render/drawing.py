"""Lines of text onto a canvas."""

from collections.abc import Sequence
from functools import lru_cache

from reportlab.lib.colors import Color, HexColor

from pdf_worker.fonts.showing import shown
from pdf_worker.render.blocks import RunStyle
from pdf_worker.render.canvas import Area, ReportCanvas
from pdf_worker.render.lines import Line, Piece
from pdf_worker.render.tagging import Group
from pdf_worker.theme import Palette, TextStyle, reads_right_to_left

_BASELINE = 0.8
_CODE_PADDING = 1.6
_RISE = {0: 0.0, 1: 0.5, -1: -0.22}
_PLAIN = RunStyle()
_Placed = tuple[Piece, float, float]


def draw_lines(
    canvas: ReportCanvas,
    lines: Sequence[Line],
    style: TextStyle,
    palette: Palette,
    box: tuple[float, float, float],
) -> None:
    """Draw lines from the top of `box`: (left, top, width) in points, aligned as the style says."""
    left, top, width = box
    baseline = top - (style.leading - style.size) / 2 - _BASELINE * style.size
    pieces: list[_Placed] = []
    for line in lines:
        x = left + _shift(line, style, max(0.0, width - line.width))
        pieces += [(piece, x + piece.x, baseline) for piece in line.pieces]
        baseline -= style.leading
    decorated = [placed for placed in pieces if placed[0].style is not _PLAIN]
    for piece, x, y in decorated:
        if (piece.style.code and not style.mono) or piece.style.mark:
            _draw_background(canvas, piece, palette, x, y)
    _write(canvas, pieces, style, palette)
    for piece, x, y in decorated:
        _decorate(canvas, piece, _color(piece.style, style, palette), palette, (x, y))


def _shift(line: Line, style: TextStyle, slack: float) -> float:
    if style.alignment == "center":
        return slack / 2
    if style.alignment == "right":
        return slack
    from_right = line.rtl or (reads_right_to_left(style.language) and not style.mono)
    return slack if from_right else 0.0


def _write(canvas: ReportCanvas, pieces: Sequence[_Placed], style: TextStyle, palette: Palette) -> None:
    """Write the text; parts of one link that follow each other belong together."""
    operators = canvas.operators
    color = ""
    open_text = False
    link: tuple[RunStyle, Group] | None = None
    for piece, x, y in pieces:
        fill = _fill(_color(piece.style, style, palette))
        origin = (x, y + _RISE[piece.style.rise] * piece.size)
        code = shown(canvas.fonts, piece.segments, piece.size, origin)
        linked = piece.style.target or piece.style.link
        if linked and open_text:
            operators.append("ET")
            open_text = False
        if linked or not open_text:
            code.insert(0, "BT")
        if fill != color:
            code.insert(0, fill)
            color = fill
        if not linked:
            operators += code
            open_text, link = True, None
            continue
        if link is None or link[0] != piece.style:
            link = (piece.style, Group("Link"))
        with canvas.linked(
            link[1], _area(piece, x, y), url=piece.style.link or "", anchor=piece.style.target or ""
        ):
            operators += [*code, "ET"]
    if open_text:
        operators.append("ET")


def _area(piece: Piece, x: float, y: float) -> Area:
    low = y + _RISE[piece.style.rise] * piece.size
    return (x, low - piece.size * 0.25, x + piece.width, low + piece.size * 0.85)


def _color(run: RunStyle, style: TextStyle, palette: Palette) -> Color:
    if run is _PLAIN:
        return style.color
    if run.color is not None:
        return _hex_color(run.color)
    return palette.accent if run.link or run.target else style.color


@lru_cache(256)
def _hex_color(value: int) -> Color:
    return HexColor(value)


@lru_cache(256)
def _fill(color: Color) -> str:
    return f"{color.red:.4g} {color.green:.4g} {color.blue:.4g} rg"


def _draw_background(canvas: ReportCanvas, piece: Piece, palette: Palette, x: float, y: float) -> None:
    canvas.setFillColor(palette.highlight if piece.style.mark else palette.code_background)
    canvas.roundRect(
        x - _CODE_PADDING,
        y - 0.28 * piece.size,
        piece.width + 2 * _CODE_PADDING,
        1.3 * piece.size,
        2,
        stroke=0,
        fill=1,
    )


def _decorate(
    canvas: ReportCanvas, piece: Piece, color: Color, palette: Palette, origin: tuple[float, float]
) -> None:
    x, y = origin
    if piece.style.strike:
        canvas.setStrokeColor(color)
        canvas.setLineWidth(piece.size * 0.06)
        canvas.line(x, y + piece.size * 0.27, x + piece.width, y + piece.size * 0.27)
    if piece.style.link or piece.style.underline:
        canvas.setStrokeColor(palette.rule if piece.style.link else color)
        canvas.setLineWidth(0.7)
        canvas.line(x, y - piece.size * 0.16, x + piece.width, y - piece.size * 0.16)
    if piece.style.anchor:
        canvas.mark(piece.style.anchor, y + 2 * piece.size)
