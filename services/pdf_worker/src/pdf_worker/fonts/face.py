"""Fonts as HarfBuzz reads them: opened once per process, mapped into memory, never parsed as a whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import uharfbuzz as hb  # type: ignore[import-untyped] # it has no stubs

from pdf_worker.fonts.catalog import FontFile

_MAX_PARTS = 32


class Glyph(NamedTuple):
    """What stands for a group of characters that a reader sees, selects and copies as one.

    `parts` are (glyph id, right, up) in font units, most often one glyph at (0, 0), else for example a letter
    with its marks. `advance` is in thousandths of an em. Glyphs follow each other left to right on the page.
    """

    parts: tuple[tuple[int, int, int], ...]
    advance: float
    text: str


@dataclass(frozen=True, slots=True)
class Shaped:
    """Glyphs of one face; `width` is in ems."""

    glyphs: tuple[Glyph, ...]
    width: float


class Face:
    """A font file at one weight. `slanted` says that it stands in for an italic that it has not got."""

    def __init__(self, file: FontFile, *, bold: bool, slanted: bool) -> None:
        self.hb_face = hb.Face(hb.Blob.from_file_path(str(_path(file))))
        self.hb_font = hb.Font(self.hb_face)
        self.weight = file.weights[bold] if file.weights else None
        self.slanted = slanted
        self.name = file.path.rsplit("/", 1)[-1].removesuffix(".ttf").removesuffix("[wght]")
        if self.weight is not None:
            self.hb_font.set_variations({"wght": self.weight})
            self.name += "-SemiBold" if bold else "-Regular"
        self._codes = self.hb_face.unicodes
        self._advances: dict[int, float] = {}
        self._singles: dict[tuple[int, int, str], Glyph] = {}
        self.em = 1000 / self.hb_face.upem

    def has(self, character: str) -> bool:
        """Whether the font draws this character."""
        return ord(character) in self._codes

    def has_all(self, text: str) -> bool:
        """Whether the font draws every character of `text`."""
        codes = self._codes
        return all(ord(character) in codes for character in text)

    def single_glyphs(self, infos: Sequence[Any], places: Sequence[Any], text: str) -> tuple[Glyph, ...]:
        """Return the glyphs of text where each character has one of its own, none where that is not so."""
        glyphs = []
        for number, (info, place, character) in enumerate(zip(infos, places, text, strict=True)):
            if info.cluster != number or place.x_offset or place.y_offset:
                return ()
            key = (info.codepoint, place.x_advance, character)
            glyph = self._singles.get(key)
            if glyph is None:
                parts = ((info.codepoint, 0, 0),)
                glyph = self._singles[key] = Glyph(parts, place.x_advance * self.em, character)
            glyphs.append(glyph)
        return tuple(glyphs)

    def advance(self, glyph: int) -> float:
        """Width of a glyph by itself in thousandths of an em, as the document's font states it."""
        known = self._advances.get(glyph)
        if known is None:
            known = self._advances[glyph] = round(self.hb_font.get_glyph_h_advance(glyph) * self.em, 2)
        return known


def _path(file: FontFile) -> Path:
    """Find a package's files without importing it."""
    package = find_spec(file.package)
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError(f"the font package {file.package} is not installed", name=file.package)
    return Path(package.submodule_search_locations[0]) / file.path


@cache
def face(file: FontFile, *, bold: bool = False, slanted: bool = False) -> Face:
    """Return a face; the same arguments give the same object."""
    return Face(file, bold=bold and file.weights is not None, slanted=slanted)


def shape(font: Face, text: str, language: str = "", *, rtl: bool = False) -> Shaped:
    """Choose and place the glyphs for text in one script and direction, all of which the face has."""
    buffer = hb.Buffer()
    buffer.flags = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES | hb.BufferFlags.DO_NOT_INSERT_DOTTED_CIRCLE
    buffer.add_codepoints([ord(character) for character in text])
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if rtl else "ltr"
    if language:
        buffer.language = language
    hb.shape(font.hb_font, buffer)
    infos, places = buffer.glyph_infos, buffer.glyph_positions
    glyphs = () if rtl or len(infos) != len(text) else font.single_glyphs(infos, places, text)
    if not glyphs:
        glyphs = tuple(_grouped(infos, places, text, font.em))
    if rtl:
        # Readers turn the copied characters of a right-to-left line around one by one.
        glyphs = tuple(glyph._replace(text=glyph.text[::-1]) for glyph in glyphs)
    return Shaped(glyphs, sum(glyph.advance for glyph in glyphs) / 1000)


def _grouped(infos: Sequence[Any], positions: Sequence[Any], text: str, em: float) -> Iterator[Glyph]:
    """Join the glyphs of each group of characters that the shaper could not take apart."""
    clusters = sorted({info.cluster for info in infos})
    if not clusters:
        return
    # What precedes the first group left no glyph of its own, so its text goes with the first.
    spans = dict(zip(clusters, pairwise([0, *clusters[1:], len(text)]), strict=True))
    placed = zip(infos, positions, strict=True)
    for cluster, group in groupby(placed, key=lambda pair: pair[0].cluster):
        parts: list[tuple[int, int, int]] = []
        pen = 0
        for info, place in group:
            parts.append((info.codepoint, pen + place.x_offset, place.y_offset))
            pen += place.x_advance
        start, end = spans[cluster]
        yield from _chunked(parts, pen * em, text[start:end])


def _chunked(parts: Sequence[tuple[int, int, int]], advance: float, text: str) -> Iterator[Glyph]:
    """Keep a letter under hundreds of marks within what font formats can say of one glyph."""
    chunks = max(1, -(-len(parts) // _MAX_PARTS), -(-len(text) // _MAX_PARTS))
    for number in range(chunks):
        part = parts[len(parts) * number // chunks : len(parts) * (number + 1) // chunks]
        copied = text[len(text) * number // chunks : len(text) * (number + 1) // chunks]
        yield Glyph(tuple(part), 0 if number < chunks - 1 else advance, copied)
