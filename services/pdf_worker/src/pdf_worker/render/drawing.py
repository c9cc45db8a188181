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
_AXIS = 0.3
"""Where the middle of a picture is above the baseline, in ems: formulas are drawn about this height."""
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
        code = shown(canvas.fonts, piece.segments, _type_size(piece), origin)
        linked = piece.style.target or piece.style.link
        apart = linked or piece.style.picture
        if apart and open_text:
            operators.append("ET")
            open_text = False
        if apart or not open_text:
            code.insert(0, "BT")
        if fill != color:
            code.insert(0, fill)
            color = fill
        if not linked:
            link = None
            if apart:
                _write_apart(canvas, piece, code, origin)
            else:
                operators += code
                open_text = True
            continue
        if link is None or link[0] != piece.style:
            link = (piece.style, Group("Link"))
        with canvas.linked(
            link[1], _area(piece, x, y), url=piece.style.link or "", anchor=piece.style.target or ""
        ):
            _write_apart(canvas, piece, code, origin)
    if open_text:
        operators.append("ET")


def _write_apart(
    canvas: ReportCanvas, piece: Piece, code: Sequence[str], origin: tuple[float, float]
) -> None:
    """Write a text object; what a picture is called is unseen, and the picture lies over it."""
    picture = piece.style.picture
    if picture is None:
        canvas.operators.extend([*code, "ET"])
        return
    x, y = origin
    height = piece.width * picture.height / picture.width
    bottom = y + _AXIS * piece.size - height / 2
    with canvas.part("Figure", picture.alternative):
        canvas.operators.extend(["3 Tr", *code, "ET", "0 Tr"])
        canvas.picture(picture.content, (x, bottom, x + piece.width, bottom + height))


def _type_size(piece: Piece) -> float:
    """Return the size of the text; what a picture is called is no wider than the picture."""
    natural = sum([segment.width for segment in piece.segments]) if piece.style.picture else 0.0
    return max(min(piece.size, 0.98 * piece.width / natural), 0.1) if natural else piece.size


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
