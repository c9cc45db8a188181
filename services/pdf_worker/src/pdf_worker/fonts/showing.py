"""Shaped text as the operators of a page's content."""

from collections.abc import Sequence
from itertools import groupby
from typing import cast

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from pdf_worker.fonts.chain import Segment
from pdf_worker.fonts.embedding import EmbeddedFace, EmbeddedFonts

_SLANT = 0.2


def show(canvas: Canvas, segments: Sequence[Segment], size: float, origin: tuple[float, float]) -> None:
    """Draw segments one after the other from `origin`, in the canvas's fill colour."""
    canvas.drawText(cast("PDFTextObject", _TextObject(canvas, segments, size, origin)))


class _TextObject:
    """What reportlab asks a text object for."""

    def __init__(
        self, canvas: Canvas, segments: Sequence[Segment], size: float, origin: tuple[float, float]
    ) -> None:
        self._fonts = EmbeddedFonts.of(canvas)
        self._segments = segments
        self._size = size
        self._origin = origin

    def getCode(self) -> str:  # noqa: N802 - reportlab's name
        """Return the operators from BT to ET."""
        x, y = self._origin
        code = ["BT"]
        for face, group in groupby(self._segments, key=lambda segment: segment.face):
            segments = list(group)
            if any(segment.glyphs for segment in segments):
                slant = _SLANT if face.slanted else 0
                embedded = self._fonts.embedded(face)
                code.append(f"/{embedded.resource} {number(self._size)} Tf")
                code.append(f"1 0 {slant} 1 {number(x)} {number(y)} Tm")
                code.append(_strings(embedded, segments))
            for segment in segments:
                self._fonts.missing.update(dict.fromkeys(segment.missing))
                x += segment.width * self._size
        return "\n".join([*code, "ET"])


def _strings(embedded: EmbeddedFace, segments: Sequence[Segment]) -> str:
    """Show glyphs at the places that the shaper gave them, where the font's own widths would not do."""
    strings = ["<"]
    start = cursor = 0.0
    for segment in segments:
        pen = start
        for glyph in segment.glyphs:
            shift = round(pen - cursor)
            if shift:
                strings.append(f"> {-shift} <")
            code, width = embedded.code(glyph)
            strings.append(code)
            cursor += shift + width
            pen += glyph.advance
        start += segment.width * 1000
    return f"[{''.join(strings)}>] TJ"


def number(value: float) -> str:
    """Write a number as PDF wants it, to a thousandth of a point."""
    return f"{value:.3f}".rstrip("0").rstrip(".")
