"""Runs to lines: measuring and line breaking."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from operator import itemgetter

from pdf_worker.fonts import Segment, is_east_asian
from pdf_worker.render.atoms import Atom, Atoms, Look, shaped, size_of, to_atoms
from pdf_worker.render.bidi import has_rtl, levels, visual_order
from pdf_worker.render.blocks import Run, RunStyle
from pdf_worker.render.breaks import graphemes
from pdf_worker.theme import TextStyle

_AFTER_PUNCTUATION = re.compile(r"(?<=[/\\?&=_.,:;+%#@~|(){}\[\]<>-])(?=\w)")
_MOST_STRETCH = 0.3


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in one style, ready to draw; `x` is its offset in the line and `width` its advance, in points."""

    text: str
    segments: tuple[Segment, ...]
    size: float
    style: RunStyle
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces from left to right; `width` excludes white space at the end. `rtl` lines begin at the right."""

    pieces: tuple[Piece, ...]
    width: float
    rtl: bool = False


_CODE_WORD = re.compile(r"\S+\s*|\s+")
_BREAKABLE_CODE = 0.5


def natural_width(runs: Sequence[Run], block: TextStyle) -> tuple[float, float]:
    """Widths in points: of the widest unbreakable word, and of the text on as few lines as possible."""
    widest_word = widest_line = line = 0.0
    for unit in _units(to_atoms(runs, block).items):
        if unit[0].is_end:
            line = 0.0
            continue
        width = _width(unit)
        line += width + (unit[0].lead if line else 0.0)
        widest_line = max(widest_line, line)
        if not unit[0].is_space:
            widest_word = max(widest_word, width)
    return widest_word, widest_line


def break_lines(runs: Sequence[Run], block: TextStyle, width: float) -> list[Line]:
    """Set `runs` in lines no wider than `width`; a single character wider than that gets its own line."""
    paragraph = to_atoms(runs, block)
    rows = list(_rows(paragraph, width))
    stretch = block.alignment == "left" and not block.bold and paragraph.language.startswith(("zh", "ja"))
    return [
        _line(row, block, rtl=paragraph.rtl, room=width if stretch and not last else 0.0)
        for row, last in rows
    ]


def break_preformatted(runs: Sequence[Run], block: TextStyle, width: float) -> list[Line]:
    """Set runs without tabs as they stand, line by line; a line too wide continues on the next.

    It is broken before a word, or inside one that would leave much of the line empty.
    """
    lines: list[Line] = []
    for source in _source_lines(runs, block):
        row = [shaped(text, look) for text, look in source]
        if sum(atom.width for atom in row) <= width:
            lines.append(_line(row, block, keep_space=True))
        else:
            lines += [_line(row, block, keep_space=True) for row in _code_rows(source, width)]
    return lines


def _code_rows(source: Sequence[tuple[str, Look]], width: float) -> Iterator[list[Atom]]:
    row: list[Atom] = []
    used = 0.0
    for text, look in source:
        for word in _CODE_WORD.findall(text):
            room = shaped(word.rstrip(), look).width
            if row and room < _BREAKABLE_CODE * width < used and used + room > width:
                yield row
                row, used = [], 0.0
            for atom in _chopped(word, look, width, used):
                if row and used + atom.width > width + 1e-6:
                    yield row
                    row, used = [], 0.0
                row.append(atom)
                used += atom.width
    yield row


def _source_lines(runs: Sequence[Run], block: TextStyle) -> Iterator[list[tuple[str, Look]]]:
    """Split preformatted text at line feeds, and where its style or its direction changes."""
    rows: list[list[Run]] = [[]]
    for run in runs:
        for number, part in enumerate(run.text.split("\n")):
            if number:
                rows.append([])
            rows[-1].append(replace(run, text=part))
    for row in rows:
        text = "".join(run.text for run in row)
        embedding = levels(text, rtl=False) if has_rtl(text) else [0] * len(text)
        offsets = accumulate((len(run.text) for run in row), initial=0)
        yield [
            ("".join(character for character, _ in group), Look(run.style, block, block.language, level))
            for run, offset in zip(row, offsets, strict=False)
            for level, group in groupby(zip(run.text, embedding[offset:], strict=False), key=itemgetter(1))
        ]


def _rows(paragraph: Atoms, width: float) -> Iterator[tuple[list[Atom], bool]]:
    """Yield the atoms of each line, and whether the text ends or is broken by force after it."""
    current: list[Atom] = []
    used = 0.0
    empty = True
    for unit in _fitting_units(paragraph, width):
        if unit[0].is_end:
            yield current, True
            current, used, empty = [], 0.0, False
            continue
        lead = unit[0].lead if current else 0.0
        unit_width = _width(unit) + lead
        if current and not unit[0].is_space and used + unit_width > width + 1e-6:
            yield current, False
            empty = False
            current, used, unit_width = [], 0.0, unit_width - lead
        if current or not unit[0].is_space:
            current.extend(unit)
            used += unit_width
    if current or empty:
        yield current, True


def _width(unit: Sequence[Atom]) -> float:
    if len(unit) == 1:
        return unit[0].width
    return sum(atom.width for atom in unit) + sum(atom.lead for atom in unit[1:])


def _units(atoms: Iterable[Atom]) -> Iterator[list[Atom]]:
    """Group atoms between which no line may break."""
    unit: list[Atom] = []
    for atom in atoms:
        if unit and not atom.glued:
            yield unit
            unit = []
        unit.append(atom)
    if unit:
        yield unit


def _fitting_units(paragraph: Atoms, width: float) -> Iterator[list[Atom]]:
    for unit in _units(paragraph.items):
        if _width(unit) <= width:
            yield unit
        else:
            yield from _pieces_of_long_word(unit, width)


def _pieces_of_long_word(unit: Sequence[Atom], width: float) -> Iterator[list[Atom]]:
    """Break a word that no line can hold: after punctuation where that is enough, else anywhere."""
    for atom in unit:
        for part in _AFTER_PUNCTUATION.split(atom.text):
            piece = shaped(part, atom.look)
            if piece.width <= width:
                yield [piece]
            else:
                yield from ([piece] for piece in _chopped(part, atom.look, width))


def _chopped(text: str, look: Look, width: float, used: float = 0.0) -> Iterator[Atom]:
    """Cut text between characters into atoms that fit a line; the first fits what `used` leaves of it."""
    part: list[str] = []
    for character in graphemes(text):
        advance = shaped(character, look).width
        if used and used + advance > width + 1e-6:
            if part:
                yield shaped("".join(part), look)
            part, used = [], 0.0
        part.append(character)
        used += advance
    if part:
        yield shaped("".join(part), look)


def _line(
    atoms: Sequence[Atom],
    block: TextStyle,
    *,
    rtl: bool = False,
    room: float = 0.0,
    keep_space: bool = False,
) -> Line:
    """Order a line's atoms from left to right and join those of one style."""
    end = len(atoms)
    while end and atoms[end - 1].is_space and not keep_space:
        end -= 1
    row = atoms[:end]
    gaps = _gaps(row, block, room)
    pieces: list[Piece] = []
    x = 0.0
    previous: int | None = None
    order = visual_order([atom.look.level for atom in row])
    for style, group in groupby(order, key=lambda index: row[index].look.style):
        size = size_of(style, block)
        segments: list[Segment] = []
        texts: list[str] = []
        start = x
        for index in group:
            gap = gaps[max(index, previous)] if previous in (index - 1, index + 1) else 0.0
            if segments and gap:
                segments.append(Segment(segments[-1].face, (), gap / size))
            elif not segments:
                start += gap
            segments += row[index].segments
            texts.append(row[index].text)
            x += gap + row[index].width
            previous = index
        pieces.append(Piece("".join(texts), tuple(segments), size, style, start, x - start))
    return Line(tuple(pieces), x, rtl)


def _gaps(row: Sequence[Atom], block: TextStyle, room: float) -> list[float]:
    """Return the space before each atom: between scripts, and where a full line is stretched to its width."""
    gaps = [atom.lead if number else 0.0 for number, atom in enumerate(row)]
    if not room:
        return gaps
    slack = room - sum(atom.width for atom in row) - sum(gaps)
    places = [number for number in range(1, len(row)) if _may_stretch(row[number - 1], row[number])]
    if places and 0 < slack <= _MOST_STRETCH * block.size * len(places):
        for number in places:
            gaps[number] += slack / len(places)
    return gaps


def _may_stretch(left: Atom, right: Atom) -> bool:
    if right.is_space or right.glued or right.lead:
        return False
    return left.is_space or is_east_asian(left.text[-1]) or is_east_asian(right.text[0])
