"""Units to lines: line breaking, and the order of what stands in a line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from pdf_worker.fonts import Face, Segment, is_east_asian
from pdf_worker.render.bidi import visual_order
from pdf_worker.render.blocks import Run, RunStyle
from pdf_worker.render.breaks import graphemes
from pdf_worker.render.looks import Look, size_of
from pdf_worker.render.units import Atom, Unit, Units, shaped, to_units, unit_of
from pdf_worker.theme import TextStyle

_AFTER_PUNCTUATION = re.compile(r"(?<=[/\\?&=_.,:;+%#@~|(){}\[\]<>-])(?=\w)")
_MOST_STRETCH = 0.15
_FUZZ = 1e-6
_look = attrgetter("look")


class Piece(NamedTuple):
    """Text in one style, ready to draw; `x` is its offset in the line and `width` its advance, in points.

    The segments of a picture are what it is called.
    """

    text: str
    segments: tuple[Segment, ...]
    size: float
    style: RunStyle
    x: float
    width: float


class Line(NamedTuple):
    """Pieces from left to right; `width` excludes white space at the end. `rtl` lines begin at the right."""

    pieces: tuple[Piece, ...]
    width: float
    rtl: bool = False


def natural_width(runs: Sequence[Run], block: TextStyle) -> tuple[float, float]:
    """Widths in points: of the widest unbreakable word, and of the text on as few lines as possible.

    Both grow with the block's size, and with nothing else of it but its faces.
    """
    widest_word = widest_line = line = 0.0
    for unit in to_units(runs, block).items:
        if unit.is_end:
            line = 0.0
            continue
        line += unit.width + (unit.lead if line else 0.0)
        widest_line = max(widest_line, line)
        if unit.width > widest_word and not unit.is_space:
            widest_word = unit.width
    return widest_word, widest_line


def break_lines(runs: Sequence[Run], block: TextStyle, width: float) -> list[Line]:
    """Set `runs` in lines no wider than `width`; a single character wider than that gets its own line."""
    paragraph = to_units(runs, block)
    stretch = block.alignment == "left" and not block.bold and paragraph.language.startswith(("zh", "ja"))
    return [
        _line(row, block, rtl=paragraph.rtl, room=width if stretch and not last else 0.0)
        for row, last in _rows(paragraph, width)
    ]


def line_of(atoms: Sequence[Atom], block: TextStyle) -> Line:
    """Set atoms as one line, white space at its end included."""
    return _ordered(atoms, [atom.lead if number else 0.0 for number, atom in enumerate(atoms)], block)


def chopped(text: str, look: Look, width: float, used: float = 0.0) -> Iterator[Atom]:
    """Cut text between characters into atoms that fit a line; the first fits what `used` leaves of it."""
    part: list[str] = []
    for character in graphemes(text):
        advance = shaped(character, look).width
        if used and used + advance > width + _FUZZ:
            if part:
                yield shaped("".join(part), look)
            part, used = [], 0.0
        part.append(character)
        used += advance
    if part:
        yield shaped("".join(part), look)


def _rows(paragraph: Units, width: float) -> Iterator[tuple[list[Unit], bool]]:
    """Yield the units of each line, and whether the text ends or is broken by force after it."""
    limit = width + _FUZZ
    row: list[Unit] = []
    used = 0.0
    empty = True
    items = paragraph.items
    if items and max([unit.width for unit in items]) > width:
        items = list(_fitting(items, width))
    for unit in items:
        if unit.is_end:
            yield row, True
            row, used, empty = [], 0.0, False
        elif not row:
            if not unit.is_space:
                row.append(unit)
                used = unit.width
        elif unit.is_space or used + unit.lead + unit.width <= limit:
            row.append(unit)
            used += unit.lead + unit.width
        else:
            yield row, False
            row, used, empty = [unit], unit.width, False
    if row or empty:
        yield row, True


def _fitting(units: Sequence[Unit], width: float) -> Iterator[Unit]:
    for unit in units:
        if unit.width <= width:
            yield unit
        else:
            yield from _pieces_of_long_word(unit, width)


def _pieces_of_long_word(unit: Unit, width: float) -> Iterator[Unit]:
    """Break a word that no line can hold: after punctuation where that is enough, else anywhere."""
    for atom in unit.atoms:
        if atom.look.style.picture:
            yield unit_of([replace(atom, width=min(atom.width, width))])
            continue
        for part in _AFTER_PUNCTUATION.split(atom.text):
            piece = shaped(part, atom.look)
            if piece.width <= width:
                yield unit_of([piece])
            else:
                yield from (unit_of([piece]) for piece in chopped(part, atom.look, width))


def _line(row: list[Unit], block: TextStyle, *, rtl: bool, room: float) -> Line:
    space: Unit | None = None
    while row and row[-1].is_space:
        space = row.pop()
    atoms = [atom for unit in row for atom in unit.atoms]
    if not atoms:
        return Line((), 0.0, rtl)
    gaps = [atom.lead for atom in atoms]
    gaps[0] = 0.0
    if room:
        _stretch(row, gaps, block, room)
    if any(gaps) or max([atom.look.level for atom in atoms]) > 0:
        line = _ordered(atoms, gaps, block, rtl=rtl)
    else:
        line = _in_order(atoms, rtl=rtl)
    return line if rtl or space is None else _with_space(line, space)


def _with_space(line: Line, space: Unit) -> Line:
    """Let white space hang over the end of a line: programs that reflow text would join two words there."""
    *pieces, last = line.pieces
    segments = (*last.segments, *space.atoms[0].segments)
    return line._replace(pieces=(*pieces, last._replace(segments=segments)))


def _stretch(row: Sequence[Unit], gaps: list[float], block: TextStyle, room: float) -> None:
    """Share what a full line lacks to its width among the places where it may grow."""
    slack = room - sum(unit.width for unit in row) - sum(unit.lead for unit in row[1:])
    places = []
    number = 0
    for left, right in pairwise(row):
        number += len(left.atoms)
        if not right.is_space and not right.lead and _may_grow(left, right):
            places.append(number)
    if places and 0 < slack <= _MOST_STRETCH * block.size * len(places):
        for number in places:
            gaps[number] += slack / len(places)


def _may_grow(left: Unit, right: Unit) -> bool:
    return left.is_space or is_east_asian(left.atoms[-1].text[-1]) or is_east_asian(right.atoms[0].text[0])


def _in_order(atoms: Sequence[Atom], *, rtl: bool) -> Line:
    """Join the atoms of each style, which stand in the order of the text and close together."""
    pieces: list[Piece] = []
    x = 0.0
    for look, group in groupby(atoms, key=_look):
        same = list(group)
        segments = [segment for atom in same for segment in atom.segments]
        width = sum([atom.width for atom in same])
        text = "".join([atom.text for atom in same])
        pieces.append(Piece(text, tuple(segments), look.size, look.style, x, width))
        x += width
    return Line(tuple(pieces), x, rtl)


def _ordered(atoms: Sequence[Atom], gaps: Sequence[float], block: TextStyle, *, rtl: bool = False) -> Line:
    """Order a line's atoms from left to right and join those of one style; `gaps` are before each of them."""
    order = visual_order([atom.look.level for atom in atoms])
    pieces: list[Piece] = []
    segments: list[Segment] = []
    texts: list[str] = []
    style: RunStyle | None = None
    x = start = 0.0
    previous: int | None = None
    for index in order:
        atom = atoms[index]
        gap = gaps[max(index, previous)] if previous is not None and abs(index - previous) == 1 else 0.0
        previous = index
        if style is not atom.look.style and style != atom.look.style:
            if style is not None:
                size = size_of(style, block)
                pieces.append(Piece("".join(texts), tuple(segments), size, style, start, x - start))
            segments, texts = [], []
            style, start = atom.look.style, x + gap
        elif gap and segments:
            segments.append(_space(segments[-1].face, gap / atom.look.size))
        segments += atom.segments
        texts.append(atom.text)
        x += gap + atom.width
    if style is not None:
        pieces.append(Piece("".join(texts), tuple(segments), size_of(style, block), style, start, x - start))
    return Line(tuple(pieces), x, rtl)


@lru_cache(1024)
def _space(face: Face, width: float) -> Segment:
    return Segment(face, (), width)
