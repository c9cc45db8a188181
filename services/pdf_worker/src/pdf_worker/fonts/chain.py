"""For every piece of text the first face that has it, and a visible substitute where none does."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import uharfbuzz as hb  # type: ignore[import-untyped] # it has no stubs

from pdf_worker.fonts.catalog import (
    BROAD_FILES,
    EMOJI_FILE,
    SCRIPT_FILES,
    SYMBOL_FILES,
    TEXT_FILES,
    Cut,
    FontFile,
    cjk_files,
)
from pdf_worker.fonts.face import Face, Glyph, Shaped, face, shape
from pdf_worker.fonts.likeness import likeness

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_REMEMBERED_WORDS = 40_000
_LONGEST_REMEMBERED = 64
_EAST_ASIAN = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo"})
_EMOJI_STYLE = "\N{VARIATION SELECTOR-16}"
_TEXT_STYLE = "\N{VARIATION SELECTOR-15}"
_PICTURES = re.compile("[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\U0001f004\U0001f0cf]")
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_AMBIGUOUS = frozenset("‘’“”…—–·‧")  # noqa: RUF001 - full-width among ideographs, narrow elsewhere


@dataclass(slots=True, eq=False)
class Segment:
    """Text as set in one face; `width` is in ems. `missing` holds the characters that no font has.

    Remembered words share their segments, so that what is known of one is known by its identity.
    """

    face: Face
    glyphs: tuple[Glyph, ...]
    width: float
    missing: str = ""


class Word(NamedTuple):
    """Text of one direction as set; segments stand from left to right, `width` is in ems."""

    segments: tuple[Segment, ...]
    width: float


@lru_cache(4096)
def script_of(character: str) -> str:
    """ISO 15924 code of a character's script; empty for what all scripts share."""
    buffer = hb.Buffer()
    buffer.add_codepoints([ord(character)])
    buffer.guess_segment_properties()
    return str(buffer.script or "")


@lru_cache(16_384)
def is_east_asian(character: str) -> bool:
    """Whether a character belongs to Chinese, Japanese or Korean text."""
    return character > "\u10ff" and (
        script_of(character) in _EAST_ASIAN or unicodedata.east_asian_width(character) in "WF"
    )


@dataclass(slots=True, eq=False)
class Chain:
    """The faces of a cut, most wanted first, for text in one language (a BCP 47 tag or empty)."""

    cut: Cut
    language: str

    def word(self, text: str, *, rtl: bool = False) -> Word:
        """Set text of one direction."""
        return _word(self, text, rtl) if len(text) <= _LONGEST_REMEMBERED else self.set_word(text, rtl=rtl)

    def set_word(self, text: str, *, rtl: bool) -> Word:
        """Set text as `word` does, without looking whether it is remembered."""
        first = self._text_face()
        if text and not rtl and first.has_all(text):
            segment = self._shaped(first, text, rtl=False)
            return Word((segment,), segment.width)
        parts = self._parts(text) if text else ()
        segments = [
            self._shaped(font, part, rtl=rtl) if font else self._substitute(part, rtl=rtl)
            for font, part in parts
        ]
        ordered = tuple(reversed(segments) if rtl else segments)
        return Word(ordered, sum(segment.width for segment in ordered))

    def segments(self, text: str, *, rtl: bool = False) -> tuple[Segment, ...]:
        """Set text of one direction; segments come in the order in which they stand on the page."""
        return self.word(text, rtl=rtl).segments

    def has(self, character: str) -> bool:
        """Whether `character` is drawn as itself."""
        return not any(segment.missing for segment in self.segments(character))

    def _shaped(self, font: Face, text: str, *, rtl: bool) -> Segment:
        shaped = shape(font, text, self.language, rtl=rtl)
        return Segment(font, shaped.glyphs, shaped.width)

    def _parts(self, text: str) -> Iterator[tuple[Face | None, str]]:
        """Split where the face changes; a mark stays with its base where the base's face has it."""
        current: Face | None = None
        start = 0
        for position, cluster in _clusters(text):
            font = self._face_of(
                cluster,
                text[position - 1 : position],
                text[position + len(cluster) : position + len(cluster) + 1],
            )
            if position and (font is not current or font is None):
                yield current, text[start:position]
                start = position
            current = font
        yield current, text[start:]

    def _face_of(self, cluster: str, before: str, after: str) -> Face | None:
        if cluster[0] in _AMBIGUOUS and self._among_ideographs(before, after):
            return face(cjk_files(self.language)[0], bold=self.cut.bold, slanted=self.cut.italic)
        return _first_face(self, cluster)

    def _among_ideographs(self, before: str, after: str) -> bool:
        if self.language.startswith("ko"):
            return False
        return any(side and (is_east_asian(side) or side in _AMBIGUOUS) for side in (before, after))

    def _text_face(self) -> Face:
        return face(TEXT_FILES[self.cut])

    def candidates(self, cluster: str) -> Iterator[Face]:
        """Yield the faces to look for a character with its marks in, most wanted first."""
        base, plain = cluster[0], Cut(bold=self.cut.bold, italic=self.cut.italic)
        if _TEXT_STYLE not in cluster and (_PICTURES.match(cluster) or _EMOJI_STYLE in cluster):
            yield self._upright(EMOJI_FILE)
        yield self._text_face()
        yield face(TEXT_FILES[plain])
        yield face(BROAD_FILES[self.cut.italic], bold=self.cut.bold)
        if script := SCRIPT_FILES.get(script_of(base)):
            yield self._slanted(script)
        east_asian = cjk_files(self.language) if base > "\u10ff" else []
        if is_east_asian(base):
            yield from map(self._slanted, east_asian)
        yield from map(self._upright, SYMBOL_FILES)
        yield from map(self._slanted, east_asian)
        yield from map(self._slanted, SCRIPT_FILES.values())  # punctuation that several scripts share

    def _slanted(self, file: FontFile) -> Face:
        return face(file, bold=self.cut.bold, slanted=self.cut.italic)

    def _upright(self, file: FontFile) -> Face:
        return face(file, bold=self.cut.bold)

    def _substitute(self, cluster: str, *, rtl: bool) -> Segment:
        """Draw what no font has: as the ordinary characters that it is a variant of, else as U+FFFD.

        What is copied is the text itself all the same.
        """
        if not _IGNORABLE.sub("", cluster):
            return Segment(self._text_face(), (), 0.0)
        ordinary = likeness(cluster)
        for font in self.candidates(ordinary):
            if ordinary != cluster and font.has_all(ordinary):
                return _standing_for(cluster, font, shape(font, ordinary, rtl=rtl))
        for font in self.candidates(REPLACEMENT):
            if font.has(REPLACEMENT):
                return _standing_for(cluster, font, shape(font, REPLACEMENT), cluster)
        raise AssertionError("no installed font has U+FFFD")


@lru_cache(_REMEMBERED_WORDS)
def _word(font: Chain, text: str, rtl: bool) -> Word:  # noqa: FBT001 - part of the key
    return font.set_word(text, rtl=rtl)


@lru_cache(_REMEMBERED_WORDS)
def _first_face(font: Chain, cluster: str) -> Face | None:
    visible = _IGNORABLE.sub("", cluster) or " "
    return next((candidate for candidate in font.candidates(cluster) if candidate.has_all(visible)), None)


def _standing_for(text: str, font: Face, shaped: Shaped, missing: str = "") -> Segment:
    copied = (text, *[""] * (len(shaped.glyphs) - 1))
    glyphs = tuple(glyph._replace(text=part) for glyph, part in zip(shaped.glyphs, copied, strict=True))
    return Segment(font, glyphs, shaped.width, missing)


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Yield (position, text) of each base with the marks, joiners and selectors that belong to it."""
    start = 0
    for position in range(1, len(text)):
        if not _belongs_before(text, position):
            yield start, text[start:position]
            start = position
    yield start, text[start:]


def _belongs_before(text: str, position: int) -> bool:
    character = text[position]
    if character.isascii():
        return False
    if unicodedata.category(character)[0] == "M" or _IGNORABLE.match(character):
        return True
    joined = text[position - 1] == "\N{ZERO WIDTH JOINER}" and _PICTURES.match(character) is not None
    return joined or "\U0001f3fb" <= character <= "\U0001f3ff"


@cache
def chain(cut: Cut, language: str = "") -> Chain:
    """Return the chain for a cut and language; it remembers the words that it has set."""
    return Chain(cut, language)


def load_fonts() -> Sequence[Chain]:
    """Open the text faces now, so that the first report does not wait for them."""
    chains = [chain(cut) for cut in TEXT_FILES]
    for known in chains:
        known.segments("a")
    return chains
