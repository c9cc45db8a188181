"""Shaped text as the operators of a page's content."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter

from pdf_worker.fonts.chain import Segment
from pdf_worker.fonts.embedding import EmbeddedFace, EmbeddedFonts

_SLANT = 0.2
_face_of = attrgetter("face")


def shown(
    fonts: EmbeddedFonts, segments: Sequence[Segment], size: float, origin: tuple[float, float]
) -> list[str]:
    """Return the operators, for use between BT and ET, that draw segments in a row from `origin`."""
    x, y = origin
    code: list[str] = []
    for face, same in groupby(segments, key=_face_of):
        group = list(same)
        embedded = fonts.embedded(face)
        known = embedded.strings
        strings = "".join([known.get(segment) or _string(fonts, embedded, segment) for segment in group])
        if strings:
            slant = _SLANT if face.slanted else 0
            code += (
                f"/{embedded.resource} {_size(size)} Tf 1 0 {slant} 1 {x:.2f} {y:.2f} Tm",
                f"[<{strings}>] TJ",
            )
        x += sum([segment.width for segment in group]) * size
    return code


def _string(fonts: EmbeddedFonts, embedded: EmbeddedFace, segment: Segment) -> str:
    """Return the codes of a segment's glyphs; a number moves the pen where their widths would not do.

    The pen ends within half a thousandth of an em of where the segment does.
    """
    if not segment.glyphs:
        return f"> {-1000 * segment.width:.1f} <"
    parts: list[str] = []
    pen = cursor = 0.0
    for glyph in segment.glyphs:
        shift = round(pen - cursor)
        if shift:
            parts.append(f"> {-shift} <")
        code, width = embedded.code(glyph)
        parts.append(code)
        cursor += shift + width
        pen += glyph.advance
    shift = round(pen - cursor)
    if shift:
        parts.append(f"> {-shift} <")
    fonts.missing.update(dict.fromkeys(segment.missing))
    string = embedded.strings[segment] = "".join(parts)
    return string


@lru_cache(256)
def _size(value: float) -> str:
    """Write a type size as PDF wants it, to a thousandth of a point."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
