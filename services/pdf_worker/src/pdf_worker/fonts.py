"""Typefaces from installed packages, parsed once per process, with per-character fallback.

Every face is TrueType, because reportlab embeds no other outlines, and only the glyphs in use are embedded.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class FontFile:
    """A TrueType file inside an installed package; `path` is relative to the package."""

    package: str
    path: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Which member of the type family a run is set in."""

    mono: bool = False
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    """A parsed font, known to reportlab as `name`; `widths` are thousandths of an em by code point."""

    name: str
    widths: Mapping[int, float]


_FIRA = "fontpkg_fira_sans"
_PLEX = "fontpkg_ibm_plex_mono"
TEXT_FILES: Mapping[Cut, FontFile] = {
    Cut(): FontFile(_FIRA, "files/FiraSans-Regular.ttf"),
    Cut(italic=True): FontFile(_FIRA, "files/FiraSans-Italic.ttf"),
    Cut(bold=True): FontFile(_FIRA, "files/FiraSans-SemiBold.ttf"),
    Cut(bold=True, italic=True): FontFile(_FIRA, "files/FiraSans-SemiBoldItalic.ttf"),
    Cut(mono=True): FontFile(_PLEX, "files/IBMPlexMono-Regular.ttf"),
    Cut(mono=True, italic=True): FontFile(_PLEX, "files/IBMPlexMono-Italic.ttf"),
    Cut(mono=True, bold=True): FontFile(_PLEX, "files/IBMPlexMono-SemiBold.ttf"),
    Cut(mono=True, bold=True, italic=True): FontFile(_PLEX, "files/IBMPlexMono-SemiBoldItalic.ttf"),
}
FALLBACK_FILES: tuple[FontFile, ...] = (FontFile("ziafont", "fonts/DejaVuSans.ttf"),)


@cache
def _face(file: FontFile) -> Face:
    name = file.path.rsplit("/", 1)[-1].removesuffix(".ttf")
    with as_file(files(file.package) / file.path) as path:
        font = TTFont(name, str(path))
    pdfmetrics.registerFont(font)
    glyphs = font.face.charToGlyph
    return Face(name, {code: width for code, width in font.face.charWidths.items() if code in glyphs})


@dataclass(slots=True)
class Chain:
    """Faces in order of preference; each character is set in the first face that has it."""

    faces: tuple[Face, ...]
    _known: dict[str, tuple[Face, str, float]] = field(default_factory=dict)

    def glyph(self, character: str) -> tuple[Face, str, float]:
        """Return the face, the character that is drawn and its width in thousandths of an em.

        A character that no face has is drawn as a space when it is one, else as U+FFFD.
        """
        known = self._known.get(character)
        if known is None:
            known = self._known[character] = self._look_up(character)
        return known

    def has(self, character: str) -> bool:
        """Whether some face draws this very character."""
        return character == REPLACEMENT or self.glyph(character)[1] != REPLACEMENT

    def width(self, text: str) -> float:
        """Width of `text` in ems."""
        glyph = self.glyph
        return sum(glyph(character)[2] for character in text) / 1000

    def runs(self, text: str) -> Iterator[tuple[Face, str, float]]:
        """Split `text` into (face, drawable text, width in ems), one item per change of face."""
        current: Face | None = None
        drawn: list[str] = []
        width = 0.0
        for character in text:
            face, shown, advance = self._beside(current, character)
            if current is not None and face is not current:
                yield current, "".join(drawn), width / 1000
                drawn, width = [], 0.0
            current = face
            drawn.append(shown)
            width += advance
        if current is not None:
            yield current, "".join(drawn), width / 1000

    def _beside(self, current: Face | None, character: str) -> tuple[Face, str, float]:
        """Keep a combining mark in its base's face where that face has the mark."""
        if current is not None and unicodedata.combining(character):
            width = current.widths.get(ord(character))
            if width is not None:
                return current, character, width
        return self.glyph(character)

    def _look_up(self, character: str) -> tuple[Face, str, float]:
        substitute = " " if unicodedata.category(character) == "Zs" else REPLACEMENT
        for shown in (character, substitute):
            for face in self.faces:
                width = face.widths.get(ord(shown))
                if width is not None:
                    return face, shown, width
        return self.faces[0], "?", self.faces[0].widths[ord("?")]


@cache
def chain(cut: Cut) -> Chain:
    """Return the faces for a cut, most wanted first; parsed and registered on first use."""
    plain_text = _face(TEXT_FILES[Cut(bold=cut.bold, italic=cut.italic)])
    return Chain((_face(TEXT_FILES[cut]), plain_text, *map(_face, FALLBACK_FILES)))


def load_fonts() -> None:
    """Parse every face now, so that the first report does not wait for it."""
    for cut in TEXT_FILES:
        chain(cut)
