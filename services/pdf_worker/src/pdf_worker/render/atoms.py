"""Runs of text to atoms: shaped pieces of one style and one direction, in which no line breaks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, compress, pairwise

from pdf_worker.fonts import Chain, Cut, Segment, chain, is_east_asian
from pdf_worker.render.bidi import has_rtl, levels
from pdf_worker.render.blocks import Run, RunStyle
from pdf_worker.render.breaks import break_offsets
from pdf_worker.render.scripts import starts_right, text_language
from pdf_worker.theme import TextStyle, reads_right_to_left

CODE_SCALE = 0.9
"""Monospaced text beside running text is set smaller, so that both look alike in size."""
RISE_SCALE = 0.72
"""Size of super- and subscripts beside the text that they belong to."""

_SPAN = re.compile(r"\n|[ \t\r\f\v]+|[^ \t\n\r\f\v]+")
_ADDRESS = re.compile(r"[a-z]+://|www\.|mailto:")
_GUIDES = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060-\u2069]")
_AUTOSPACE = 0.125


@dataclass(frozen=True)
class Look:
    """All that decides how text is set; odd embedding levels run from right to left."""

    style: RunStyle
    block: TextStyle
    language: str = ""
    level: int = 0

    @cached_property
    def size(self) -> float:
        """Font size in points."""
        return size_of(self.style, self.block)

    @cached_property
    def font(self) -> Chain:
        """The faces that the text is set in."""
        return chain(cut_of(self.style, self.block), self.language)

    @property
    def rtl(self) -> bool:
        """Whether the text runs from right to left."""
        return self.level % 2 == 1


@dataclass(frozen=True, slots=True)
class Atom:
    """Text that is never broken; `glued` says that no break may come before it either.

    `width` and `lead`, the space before it unless it begins a line, are points.
    """

    text: str
    look: Look
    segments: tuple[Segment, ...]
    width: float
    glued: bool = False
    lead: float = 0.0

    @property
    def is_space(self) -> bool:
        """Whether this is white space, which a line neither begins nor ends with."""
        return self.text == " "

    @property
    def is_end(self) -> bool:
        """Whether the line ends here in any case."""
        return self.text == "\n"


@dataclass(frozen=True, slots=True)
class Atoms:
    """A paragraph taken apart; `rtl` says that its lines begin at the right."""

    items: Sequence[Atom]
    rtl: bool
    language: str


def cut_of(style: RunStyle, block: TextStyle) -> Cut:
    """Choose the font for a run inside a block."""
    return Cut(style.code or block.mono, style.bold or block.bold, style.italic or block.italic)


def size_of(style: RunStyle, block: TextStyle) -> float:
    """Font size in points for a run inside a block."""
    size = block.size * CODE_SCALE if style.code and not block.mono else block.size
    return size * RISE_SCALE if style.rise else size


def shaped(text: str, look: Look, *, glued: bool = False, lead: float = 0.0) -> Atom:
    """Shape text of one direction."""
    word = look.font.word(text if text.isascii() else _GUIDES.sub("", text), rtl=look.rtl)
    return Atom(text, look, word.segments, word.width * look.size, glued, lead)


def to_atoms(runs: Sequence[Run], block: TextStyle) -> Atoms:
    """Take a paragraph apart; white space other than line feeds becomes single spaces."""
    text = "".join(run.text for run in runs)
    language = text_language(text, block.language)
    mixed = has_rtl(text)
    rtl = (mixed or reads_right_to_left(block.language)) and starts_right(text, block.language)
    embedding = _levels(runs, rtl=rtl) if rtl or mixed else None
    looks = _Looks(runs, block, language, embedding)
    return Atoms(list(_atoms(text, looks, {0, *break_offsets(text, language)})), rtl, language)


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


def _atoms(text: str, looks: "_Looks", breaks: set[int]) -> Iterator[Atom]:
    before = ""
    for match in _SPAN.finditer(text):
        start, end = match.span()
        character = text[start]
        if character in " \t\r\f\v\n":
            look = looks.at(start)
            yield Atom("\n", look, (), 0.0) if character == "\n" else shaped(" ", look)
            before = ""
            continue
        if not before:
            breaks.add(start)
        for first, last in pairwise(looks.cuts(start, end, breaks)):
            part, look = text[first:last], looks.at(first)
            lead = _autospace(before, part[0]) * look.size
            yield shaped(part, look, glued=first not in breaks, lead=lead)
            before = part[-1]


class _Looks:
    """How the text is set at each offset of a paragraph, asked for in ascending order."""

    def __init__(
        self, runs: Sequence[Run], block: TextStyle, language: str, embedding: Sequence[int] | None
    ) -> None:
        self._block = block
        self._language = language
        self._embedding = embedding
        self._styles = [run.style for run in runs if run.text]
        self._ends = list(accumulate(len(run.text) for run in runs if run.text))
        self._changes = set(self._ends)
        if embedding is not None:
            self._changes |= {at for at in range(1, len(embedding)) if embedding[at] != embedding[at - 1]}
        self._next = 0
        self._known: dict[tuple[int, int], Look] = {}

    def at(self, offset: int) -> Look:
        while self._ends[self._next] <= offset:
            self._next += 1
        level = self._embedding[offset] if self._embedding else 0
        key = (self._next, level)
        if key not in self._known:
            self._known[key] = Look(self._styles[self._next], self._block, self._language, level)
        return self._known[key]

    def cuts(self, start: int, end: int, breaks: set[int]) -> Iterator[int]:
        """Yield the offsets at which a word has to be cut, its ends included."""
        yield start
        for offset in range(start + 1, end):
            if offset in breaks or offset in self._changes:
                yield offset
        yield end


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
