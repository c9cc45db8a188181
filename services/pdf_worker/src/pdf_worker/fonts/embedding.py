"""Fonts into the PDF: of each face the glyphs in use, and what text they stand for.

A face becomes a composite font whose character codes are handed out as glyphs are drawn, one for each pair of
glyph and copied text. So a glyph that stands for different text in different places copies right everywhere.
"""

import hashlib
import struct
import zlib
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import uharfbuzz as hb  # type: ignore[import-untyped] # it has no stubs
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from pdf_worker.fonts.composites import Composite, Program
from pdf_worker.fonts.face import Face, Glyph

Document = Any
"""reportlab's PDFDocument; its stubs leave untyped what is called here."""

_KEPT_TABLES = frozenset({"glyf", "head", "hhea", "hmtx", "loca", "maxp", "post"})
_MOST_CODES = 20_000
_SYMBOLIC = 4
_MAPPINGS_AT_ONCE = 100
_CMAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_CMAP_TAIL = """endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


@dataclass(slots=True)
class EmbeddedFace:
    """A face in one document; `resource` is its name in content streams.

    `strings` is what stands there for text that was drawn before.
    """

    face: Face
    resource: str
    strings: dict[Hashable, str] = field(default_factory=dict)
    _codes: dict[Glyph, int] = field(default_factory=dict)
    _known: dict[Glyph, tuple[str, float]] = field(default_factory=dict)
    _widths: list[float] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether the next line should use another font object: codes and glyph ids have two bytes."""
        return len(self._codes) >= _MOST_CODES

    def code(self, glyph: Glyph) -> tuple[str, float]:
        """Return the character code (hexadecimal) of a glyph, and the width that readers will know it by."""
        known = self._known.get(glyph)
        if known is None:
            known = self._known[glyph] = self._hand_out(glyph)
        return known

    def _hand_out(self, glyph: Glyph) -> tuple[str, float]:
        width = self._width(glyph)
        # Kerning moves the pen from that width: the same letter before another one is the same code.
        code = self._codes.setdefault(Glyph(glyph.parts, width, glyph.text), len(self._codes) + 1)
        if code > len(self._widths):
            self._widths.append(width)
        return f"{code:04X}", width

    def _width(self, glyph: Glyph) -> float:
        if _is_simple(glyph):
            return self.face.advance(glyph.parts[0][0])
        return round(glyph.advance, 2)

    def add_to(self, document: Document) -> None:
        """Write the font program and the objects that describe it."""
        used = list(self._codes)
        program, new = _program(self.face, used)
        data = program.to_bytes()
        digest = hashlib.sha256(data).digest()
        tag = "".join(chr(ord("A") + byte % 26) for byte in digest[:6])
        name = f"{tag}+{self.face.name}"
        descendant = _dictionary(
            Type="/Font",
            Subtype="/CIDFontType2",
            BaseFont=f"/{name}",
            CIDSystemInfo=pdfdoc.PDFDictionary(
                {
                    "Registry": pdfdoc.PDFString("Adobe"),
                    "Ordering": pdfdoc.PDFString("Identity"),
                    "Supplement": 0,
                }
            ),
            FontDescriptor=document.Reference(_descriptor(document, self.face, name, program.bounds, data)),
            W=pdfdoc.PDFArray([1, pdfdoc.PDFArray(self._widths)]),
            CIDToGIDMap=document.Reference(_stream(struct.pack(f">{len(new) + 1}H", 0, *new))),
        )
        font = _dictionary(
            Type="/Font",
            Subtype="/Type0",
            BaseFont=f"/{name}",
            Encoding="/Identity-H",
            DescendantFonts=pdfdoc.PDFArray([document.Reference(descendant)]),
            ToUnicode=document.Reference(_stream(_to_unicode([glyph.text for glyph in used]))),
        )
        document.idToObject[pdfdoc.BasicFonts].dict[self.resource] = document.Reference(font)


@dataclass(slots=True)
class EmbeddedFonts:
    """The faces of one document, written when reportlab writes its fonts."""

    missing: dict[str, None] = field(default_factory=dict)
    _faces: dict[Face, EmbeddedFace] = field(default_factory=dict)
    _written: list[EmbeddedFace] = field(default_factory=list)

    @classmethod
    def of(cls, canvas: Canvas) -> "EmbeddedFonts":
        """Return those of the document that is drawn on a canvas."""
        document: Document = vars(canvas)["_doc"]  # where reportlab's own fonts join a document
        fonts: list[Any] = document.delayedFonts
        known = next((font for font in fonts if isinstance(font, cls)), None)
        if known is None:
            known = cls()
            fonts.append(known)
        return known

    def embedded(self, face: Face) -> EmbeddedFace:
        """Return a face for use in the document."""
        known = self._faces.get(face)
        if known is None or known.is_full:
            self._written.append(EmbeddedFace(face, f"T{len(self._written) + 1}"))
            known = self._faces[face] = self._written[-1]
        return known

    def addObjects(self, document: Document) -> None:  # noqa: N802 - reportlab's name
        """Write every face."""
        for embedded in self._written:
            embedded.add_to(document)


def _is_simple(glyph: Glyph) -> bool:
    return len(glyph.parts) == 1 and glyph.parts[0][1:] == (0, 0)


def _program(face: Face, used: Sequence[Glyph]) -> tuple[Program, list[int]]:
    """Return a font program for these glyphs, and the id of each in it."""
    data, new_ids = _subset(face, {part[0] for glyph in used for part in glyph.parts})
    program = Program(data)
    composites: dict[Composite, int] = {}
    ids = []
    for glyph in used:
        if _is_simple(glyph):
            ids.append(new_ids[glyph.parts[0][0]])
            continue
        parts = tuple((new_ids[part], right, up) for part, right, up in glyph.parts)
        composite = Composite(parts, round(glyph.advance / face.em))
        ids.append(composites.setdefault(composite, program.glyph_count + len(composites)))
    program.add(list(composites))
    return program, ids


def _subset(face: Face, glyphs: set[int]) -> tuple[bytes, dict[int, int]]:
    """Return a font with just these glyphs at the face's weight, and their numbers in it."""
    wanted = hb.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.flags = (
        hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    )
    unwanted = set(face.hb_face.table_tags) - _KEPT_TABLES - {"fvar", "gvar", "avar", "HVAR", "MVAR"}
    wanted.drop_table_tag_set.update({int.from_bytes(tag.encode(), "big") for tag in unwanted})
    if face.weight is not None:
        wanted.pin_axis_location(face.hb_face, "wght", float(face.weight))
    plan = hb.SubsetPlan(face.hb_face, wanted)
    return bytes(plan.execute().blob.data), dict(plan.old_to_new_glyph_mapping)


def _descriptor(
    document: Document, face: Face, name: str, bounds: Sequence[int], program: bytes
) -> pdfdoc.PDFDictionary:
    extents = face.hb_font.get_font_extents("ltr")
    stream = _stream(program)
    stream.dictionary["Length1"] = len(program)
    return _dictionary(
        Type="/FontDescriptor",
        FontName=f"/{name}",
        Flags=_SYMBOLIC,
        FontBBox=pdfdoc.PDFArray([round(bound * face.em) for bound in bounds]),
        ItalicAngle=0,
        Ascent=round(extents.ascender * face.em),
        Descent=round(extents.descender * face.em),
        CapHeight=700,
        StemV=80,
        FontFile2=document.Reference(stream),
    )


def _to_unicode(texts: Sequence[str]) -> bytes:
    mappings = [
        f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>"
        for code, text in enumerate(texts, start=1)
        if text
    ]
    return "".join([_CMAP_HEAD, *_blocks(mappings), _CMAP_TAIL]).encode("ascii")


def _blocks(mappings: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(mappings), _MAPPINGS_AT_ONCE):
        block = mappings[start : start + _MAPPINGS_AT_ONCE]
        yield "\n".join([f"{len(block)} beginbfchar", *block, "endbfchar", ""])


def _dictionary(**entries: object) -> pdfdoc.PDFDictionary:
    return pdfdoc.PDFDictionary(
        {
            key: pdfdoc.PDFName(value[1:]) if isinstance(value, str) else value
            for key, value in entries.items()
        }
    )


def _stream(content: bytes) -> pdfdoc.PDFStream:
    compressed = zlib.compress(content)
    stream = pdfdoc.PDFStream(content=compressed)
    stream.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
    return stream
