"""Runs to lines: measuring and line breaking."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pdf_worker.fonts import Chain, Cut, Face, chain
from pdf_worker.render.blocks import Run, RunStyle
from pdf_worker.theme import TextStyle

CODE_SCALE = 0.9
"""Monospaced text beside running text is set smaller, so that both look alike in size."""
RISE_SCALE = 0.72
"""Size of super- and subscripts beside the text that they belong to."""

_SPAN = re.compile(r"\n|[ \t\r\f\v]+|[^ \t\n\r\f\v]+")
_AFTER_HYPHEN = re.compile(r"(?<=[^\W\d_]-)(?=[^\W_])|(?<=[\u2013\u2014])(?=\w)")
_AFTER_PUNCTUATION = re.compile(r"(?<=[/\\?&=_.,:;+%#@~|(){}\[\]<>-])(?=\w)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in one face, ready to draw; `x` is its offset in the line and `width` its advance, in points."""

    text: str
    face: Face
    size: float
    style: RunStyle
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces from left to right; `width` excludes white space at the end."""

    pieces: tuple[Piece, ...]
    width: float


@dataclass(frozen=True, slots=True)
class _Atom:
    """Text that is never broken; `glued` says that no break may come before it."""

    text: str
    style: RunStyle
    width: float
    glued: bool = False

    @property
    def is_space(self) -> bool:
        return self.text == " "


def cut_of(style: RunStyle, block: TextStyle) -> Cut:
    """Choose the font for a run inside a block."""
    return Cut(style.code or block.mono, style.bold or block.bold, style.italic or block.italic)


def size_of(style: RunStyle, block: TextStyle) -> float:
    """Font size in points for a run inside a block."""
    size = block.size * CODE_SCALE if style.code and not block.mono else block.size
    return size * RISE_SCALE if style.rise else size


def natural_width(runs: Sequence[Run], block: TextStyle) -> tuple[float, float]:
    """Widths in points: of the widest unbreakable word, and of the text on as few lines as possible."""
    widest_word = widest_line = line = 0.0
    for unit in _units(_atoms(runs, block)):
        if unit[0].text == "\n":
            line = 0.0
            continue
        width = sum(atom.width for atom in unit)
        line += width
        widest_line = max(widest_line, line)
        if not unit[0].is_space:
            widest_word = max(widest_word, width)
    return widest_word, widest_line


def break_lines(runs: Sequence[Run], block: TextStyle, width: float) -> list[Line]:
    """Set `runs` in lines no wider than `width`; a single character wider than that gets its own line."""
    lines: list[Line] = []
    current: list[_Atom] = []
    used = 0.0
    for unit in _fitting_units(_atoms(runs, block), block, width):
        if unit[0].text == "\n":
            lines.append(_line(current, block))
            current, used = [], 0.0
            continue
        unit_width = sum(atom.width for atom in unit)
        if current and not unit[0].is_space and used + unit_width > width + 1e-6:
            lines.append(_line(current, block))
            current, used = [], 0.0
        if current or not unit[0].is_space:
            current.extend(unit)
            used += unit_width
    if current or not lines:
        lines.append(_line(current, block))
    return lines


def break_preformatted(runs: Sequence[Run], block: TextStyle, width: float) -> list[Line]:
    """Set runs without tabs as they stand, line by line; a line too wide continues on the next."""
    lines: list[Line] = []
    row: list[_Atom] = []
    used = 0.0
    for run in runs:
        font = chain(cut_of(run.style, block))
        start = 0
        for position, character in enumerate(run.text):
            advance = 0.0 if character == "\n" else font.glyph(character)[2] * block.size / 1000
            if character == "\n" or (used + advance > width and used):
                lines.append(_line([*row, _Atom(run.text[start:position], run.style, 0)], block))
                row, used, start = [], 0.0, position + (character == "\n")
            used += advance
        row.append(_Atom(run.text[start:], run.style, 0))
    lines.append(_line(row, block))
    return lines


def _atoms(runs: Iterable[Run], block: TextStyle) -> Iterator[_Atom]:
    after_word = False
    for run in runs:
        font, size = chain(cut_of(run.style, block)), size_of(run.style, block)
        for match in _SPAN.finditer(run.text):
            span = match.group()
            if span == "\n":
                yield _Atom(span, run.style, 0)
                after_word = False
            elif span[0] in " \t\r\f\v":
                yield _Atom(" ", run.style, font.width(" ") * size)
                after_word = False
            else:
                for part in _AFTER_HYPHEN.split(span):
                    for text, wide in _split_wide(part):
                        yield _Atom(text, run.style, font.width(text) * size, glued=after_word and not wide)
                        after_word = not wide
                    after_word = False
                after_word = True


def _split_wide(text: str) -> Iterator[tuple[str, bool]]:
    """Take ideographs and other wide characters one by one: a line may break around each."""
    if text.isascii():
        yield text, False
        return
    start = 0
    for position, character in enumerate(text):
        if unicodedata.east_asian_width(character) in "WF":
            if start < position:
                yield text[start:position], False
            yield character, True
            start = position + 1
    if start < len(text):
        yield text[start:], False


def _units(atoms: Iterable[_Atom]) -> Iterator[list[_Atom]]:
    """Group atoms between which no line may break."""
    unit: list[_Atom] = []
    for atom in atoms:
        if unit and not atom.glued:
            yield unit
            unit = []
        unit.append(atom)
    if unit:
        yield unit


def _fitting_units(atoms: Iterable[_Atom], block: TextStyle, width: float) -> Iterator[list[_Atom]]:
    for unit in _units(atoms):
        if sum(atom.width for atom in unit) <= width:
            yield unit
        else:
            yield from _pieces_of_long_word(unit, block, width)


def _pieces_of_long_word(unit: Sequence[_Atom], block: TextStyle, width: float) -> Iterator[list[_Atom]]:
    """Break a word that no line can hold: after punctuation where that is enough, else anywhere."""
    for atom in unit:
        font, size = chain(cut_of(atom.style, block)), size_of(atom.style, block)
        for part in _AFTER_PUNCTUATION.split(atom.text):
            part_width = font.width(part) * size
            if part_width <= width:
                yield [_Atom(part, atom.style, part_width)]
            else:
                yield from ([piece] for piece in _chopped(part, atom.style, font, size, width))


def _chopped(text: str, style: RunStyle, font: Chain, size: float, width: float) -> Iterator[_Atom]:
    start, used = 0, 0.0
    for position, character in enumerate(text):
        advance = font.glyph(character)[2] * size / 1000
        if position > start and used + advance > width:
            yield _Atom(text[start:position], style, used)
            start, used = position, 0.0
        used += advance
    yield _Atom(text[start:], style, used)


def _line(atoms: Sequence[_Atom], block: TextStyle) -> Line:
    end = len(atoms)
    while end and atoms[end - 1].is_space:
        end -= 1
    pieces: list[Piece] = []
    x = 0.0
    for style, text in _merged(atoms[:end]):
        size = size_of(style, block)
        for face, drawn, ems in chain(cut_of(style, block)).runs(text):
            pieces.append(Piece(drawn, face, size, style, x, ems * size))
            x += ems * size
    return Line(tuple(pieces), x)


def _merged(atoms: Iterable[_Atom]) -> Iterator[tuple[RunStyle, str]]:
    style: RunStyle | None = None
    texts: list[str] = []
    for atom in atoms:
        if style is not None and atom.style != style:
            yield style, "".join(texts)
            texts = []
        style = atom.style
        texts.append(atom.text)
    if style is not None:
        yield style, "".join(texts)
