"""Runs of text to units: what stands between two places where a line may end, measured."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, compress
from typing import NamedTuple

from pdf_worker.fonts import Segment, is_east_asian
from pdf_worker.render.bidi import has_rtl, levels
from pdf_worker.render.blocks import Run, RunStyle, plain_text
from pdf_worker.render.breaks import breaks_inside
from pdf_worker.render.looks import Look, look_of
from pdf_worker.render.scripts import starts_right, text_language
from pdf_worker.theme import TextStyle, reads_right_to_left

_SPAN = re.compile(r"\n|[ \t\r\f\v]+|[^ \t\n\r\f\v]+")
_SPACES = " \t\r\f\v\n"
_WORD = re.compile(r"[^ \t\n\r\f\v]+")
_OTHER_SPACES = re.compile(r"[\t\r\f\v\n]|  ")
_ADDRESS = re.compile(r"[a-z]+://|www\.|mailto:")
_GUIDES = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060-\u2069]")
_AUTOSPACE = 0.125
_PICTURE_HEIGHT = 1.5
"""Of the highest picture in a line, in ems: no more than lines are apart."""
_PIXELS_PER_EM = 11 * 96 / 72
"""Programs draw formulas for text of 11 points, on a screen of 96 dots per inch."""
_REMEMBERED = 40_000
_LONGEST_REMEMBERED = 24


@dataclass(slots=True, eq=False)
class Atom:
    """Text of one look that is never broken; `width` and `lead`, the space before it, are points.

    Atoms and units are shared by all places with the same text: nothing may change them.
    """

    text: str
    look: Look
    segments: tuple[Segment, ...]
    width: float
    lead: float = 0.0


@dataclass(slots=True, eq=False)
class Unit:
    """Atoms between which no line may break.

    `width` is in points; it does not include `lead`, the space before it unless it begins a line. White
    space, which a line neither begins nor ends with, and the forced end of a line are units of their own.
    """

    atoms: tuple[Atom, ...]
    width: float
    lead: float = 0.0
    is_space: bool = False
    is_end: bool = False


class Units(NamedTuple):
    """A paragraph taken apart; `rtl` says that its lines begin at the right."""

    items: Sequence[Unit]
    rtl: bool
    language: str


def shaped(text: str, look: Look, lead: float = 0.0) -> Atom:
    """Shape text of one direction; the text of a picture is what it is called."""
    if picture := look.style.picture:
        height = min(picture.height / _PIXELS_PER_EM, _PICTURE_HEIGHT) * look.size
        name = " ".join(_GUIDES.sub("", plain_text(picture.caption)).split())
        called = look.font.word(name, rtl=look.rtl)
        return Atom(text, look, called.segments, height * picture.width / picture.height, lead)
    word = look.font.word(text if text.isascii() else _GUIDES.sub("", text), rtl=look.rtl)
    return Atom(text, look, word.segments, word.width * look.size, lead)


def unit_of(atoms: Sequence[Atom]) -> Unit:
    """Join atoms."""
    width = sum(atom.width for atom in atoms) + sum(atom.lead for atom in atoms[1:])
    return Unit(tuple(atoms), width, atoms[0].lead)


def to_units(runs: Sequence[Run], block: TextStyle) -> Units:
    """Take a paragraph apart; white space other than line feeds becomes single spaces."""
    text = runs[0].text if len(runs) == 1 else "".join(run.text for run in runs)
    if text.isascii():
        language, mixed = block.language, False
    else:
        language, mixed = text_language(text, block.language), has_rtl(text)
    rtl = (mixed or reads_right_to_left(block.language)) and starts_right(text, block.language)
    embedding = _levels(runs, rtl=rtl) if rtl or mixed else None
    looks = _Looks(runs, block, language, embedding)
    items: list[Unit] = []
    while looks.position < len(text):
        items += looks.next_units(text)
    return Units(items, rtl, language)


def _stretch_units(text: str, look: Look) -> list[Unit]:
    """Return the units of words and white space that are all of one look."""
    units: list[Unit] = []
    if _OTHER_SPACES.search(text):
        for span in _SPAN.findall(text):
            units += _known_units(span, look) if len(span) <= _LONGEST_REMEMBERED else _word_units(span, look)
        return units
    (space,) = _known_units(" ", look)
    for number, word in enumerate(text.split(" ")):
        if number:
            units.append(space)
        if word:
            units += _known_units(word, look) if len(word) <= _LONGEST_REMEMBERED else _word_units(word, look)
    return units


@lru_cache(_REMEMBERED)
def _known_units(span: str, look: Look) -> tuple[Unit, ...]:
    return tuple(_word_units(span, look))


@lru_cache(_REMEMBERED)
def _unit(text: str, look: Look, lead: float) -> Unit:
    return unit_of([shaped(text, look, lead)])


def _word_units(span: str, look: Look) -> list[Unit]:
    """Return the units of white space, or of a word that is all of one look."""
    if span == "\n":
        return [Unit((), 0.0, is_end=True)]
    if span[0] in " \t\r\f\v":
        space = shaped(" ", look)
        return [Unit((space,), space.width, is_space=True)]
    breaks = breaks_inside(span, look.language)
    if not breaks:
        atom = shaped(span, look)
        return [Unit((atom,), atom.width)]
    units = []
    start, before = 0, ""
    for end in (*breaks, len(span)):
        part = span[start:end]
        units.append(_unit(part, look, _autospace(before, part[0]) * look.size if before else 0.0))
        start, before = end, part[-1]
    return units


class _Looks:
    """Takes a paragraph apart from `position` on: stretches of one look, and words in several."""

    def __init__(
        self, runs: Sequence[Run], block: TextStyle, language: str, embedding: Sequence[int] | None
    ) -> None:
        self.position = 0
        self._block = block
        self._language = language
        self._embedding = embedding
        self._styles: list[RunStyle] = [run.style for run in runs if run.text]
        self._ends = list(accumulate(len(run.text) for run in runs if run.text))
        changes = set(self._ends)
        if embedding is not None:
            changes |= {at for at in range(1, len(embedding)) if embedding[at] != embedding[at - 1]}
        self._changes = sorted(changes)
        self._next_change = self._next_style = 0

    def next_units(self, text: str) -> Sequence[Unit]:
        """Return the units of the words that are all of one look, or of a word that is not."""
        start = self.position
        look, end = self._at(start)
        within_word = end < len(text) and text[end] not in _SPACES and text[end - 1] not in _SPACES
        if within_word or look.style.picture:
            space = max([text.rfind(space, start, end) for space in _SPACES])
            if space < 0:
                following = _WORD.match(text, start)
                self.position = following.end() if following else end
                return list(self._mixed(text[start : self.position], start))
            end = space + 1
        self.position = end
        return _stretch_units(text[start:end], look)

    def _mixed(self, span: str, start: int) -> Iterator[Unit]:
        """Yield the units of a word in several looks."""
        end = start + len(span)
        breaks = {start + at for at in breaks_inside(span, self._language)}
        first_change = bisect_right(self._changes, start)
        changes = self._changes[first_change : bisect_left(self._changes, end, first_change)]
        atoms: list[Atom] = []
        first, before = start, ""
        look, change = self._at(start)
        for last in (*sorted(breaks.union(changes)), end):
            if first >= change:
                look, change = self._at(first)
            part = span[first - start : last - start]
            lead = _autospace(before, part[0]) * look.size
            whole = last in breaks or last == end
            if whole and not atoms and not look.style.picture:
                yield _unit(part, look, lead)
            else:
                atoms.append(shaped(part, look, lead))
                if whole:
                    yield unit_of(atoms)
                    atoms = []
            first, before = last, part[-1]

    def _at(self, offset: int) -> tuple[Look, int]:
        """Return the look at an offset, asked for in ascending order, and where it ends."""
        while self._changes[self._next_change] <= offset:
            self._next_change += 1
        while self._ends[self._next_style] <= offset:
            self._next_style += 1
        level = self._embedding[offset] if self._embedding else 0
        style = self._styles[self._next_style]
        # What is remembered outlives its document, which a picture must not.
        make = Look if style.picture else look_of
        return make(style, self._block, self._language, level), self._changes[self._next_change]


def _levels(runs: Sequence[Run], *, rtl: bool) -> list[int]:
    """Return the level of each character; code and addresses keep an order of their own."""
    marked, own = [], []
    for run in runs:
        isolated = run.style.code or _ADDRESS.match(run.text) is not None
        start = (
            ("\N{FIRST STRONG ISOLATE}" if run.style.code else "\N{LEFT-TO-RIGHT ISOLATE}")
            if isolated
            else ""
        )
        end = "\N{POP DIRECTIONAL ISOLATE}" if isolated else ""
        marked.append(start + run.text + end)
        own += [*[False] * len(start), *[True] * len(run.text), *[False] * len(end)]
    return list(compress(levels("".join(marked), rtl=rtl), own))


def _autospace(before: str, after: str) -> float:
    """Set ideographs a little apart from Latin words and numbers, in ems."""
    if not before or (before.isascii() and after.isascii()):
        return 0.0
    return _AUTOSPACE if {_class(before), _class(after)} == {"ideograph", "word"} else 0.0


@lru_cache(4096)
def _class(character: str) -> str:
    if not character.isalnum():
        return ""
    if not is_east_asian(character):
        return "word" if character < "\u0590" else ""
    return "" if "\uac00" <= character <= "\ud7a3" or character > "\uff00" else "ideograph"
