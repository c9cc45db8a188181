"""New glyphs made of others, added to a TrueType program.

A letter and its marks are drawn as one glyph, so that programs that read a PDF find one place with all of the
text. Glyphs of their own for marks and dots are taken for words apart, above all in right-to-left lines.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

_HEAD_LOCA_FORMAT, _HEAD_BOUNDS = 50, 36
_MAXP_GLYPHS, _MAXP_POINTS, _MAXP_COMPONENTS = 4, 10, 28
_HHEA_METRICS = 34
_ARGS_ARE_WORDS, _ARGS_ARE_XY, _MORE, _OVERLAP = 0x0001, 0x0002, 0x0020, 0x0400


@dataclass(frozen=True, slots=True)
class Composite:
    """A glyph of (glyph id, right, up) parts, all lengths in font units."""

    parts: tuple[tuple[int, int, int], ...]
    advance: int


class Program:
    """The tables of a TrueType font that composites are added to."""

    def __init__(self, program: bytes) -> None:
        self._tables: dict[bytes, bytes] = {}
        for index in range(struct.unpack_from(">H", program, 4)[0]):
            tag, _, offset, length = struct.unpack_from(">4s3L", program, 12 + 16 * index)
            self._tables[tag] = program[offset : offset + length]

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """Smallest box around all glyphs: left, bottom, right, top in font units."""
        left, bottom, right, top = struct.unpack_from(">4h", self._tables[b"head"], _HEAD_BOUNDS)
        return left, bottom, right, top

    @property
    def glyph_count(self) -> int:
        """Number of glyphs; the next one that is added has this id."""
        return int(struct.unpack_from(">H", self._tables[b"maxp"], _MAXP_GLYPHS)[0])

    def glyph_box(self, glyph: int) -> tuple[int, int, int, int] | None:
        """Box around a glyph, as `bounds`; None when it draws nothing."""
        start, end = self._offsets()[glyph : glyph + 2]
        if start == end:
            return None
        left, bottom, right, top = struct.unpack_from(">4h", self._tables[b"glyf"], start + 2)
        return left, bottom, right, top

    def add(self, composites: Sequence[Composite]) -> None:
        """Append glyphs."""
        if not composites:
            return
        offsets, metrics, outlines = self._offsets(), self._metrics(), bytearray(self._tables[b"glyf"])
        for composite in composites:
            drawn = [part for part in composite.parts if offsets[part[0] + 1] > offsets[part[0]]]
            box = _box(drawn, offsets, outlines)
            outlines += _description(drawn, box)
            offsets.append(len(outlines))
            metrics.append((max(0, min(composite.advance, 0xFFFF)), box[0]))
        self._store(offsets, metrics, bytes(outlines))

    def to_bytes(self) -> bytes:
        """Write the font file."""
        tables = sorted(self._tables.items())
        power = len(tables).bit_length() - 1
        head = struct.pack(
            ">L4H", 0x00010000, len(tables), 16 << power, power, 16 * len(tables) - (16 << power)
        )
        records, bodies = b"", b""
        start = len(head) + 16 * len(tables)
        for tag, table in tables:
            padded = table + b"\0" * (-len(table) % 4)
            checksum = sum(struct.unpack(f">{len(padded) // 4}L", padded)) & 0xFFFFFFFF
            records += struct.pack(">4s3L", tag, checksum, start + len(bodies), len(table))
            bodies += padded
        return head + records + bodies

    def _offsets(self) -> list[int]:
        loca = self._tables[b"loca"]
        if struct.unpack_from(">h", self._tables[b"head"], _HEAD_LOCA_FORMAT)[0]:
            return list(struct.unpack(f">{len(loca) // 4}L", loca))
        return [2 * offset for offset in struct.unpack(f">{len(loca) // 2}H", loca)]

    def _metrics(self) -> list[tuple[int, int]]:
        """Return (advance, left side bearing) of every glyph."""
        (long,) = struct.unpack_from(">H", self._tables[b"hhea"], _HHEA_METRICS)
        table = self._tables[b"hmtx"]
        metrics = [struct.unpack_from(">Hh", table, 4 * index) for index in range(long)]
        bearings = struct.unpack_from(f">{self.glyph_count - long}h", table, 4 * long)
        return [*metrics, *((metrics[-1][0], bearing) for bearing in bearings)]

    def _store(self, offsets: Sequence[int], metrics: Sequence[tuple[int, int]], outlines: bytes) -> None:
        count = len(metrics)
        head, maxp, hhea = (bytearray(self._tables[tag]) for tag in (b"head", b"maxp", b"hhea"))
        struct.pack_into(">h", head, _HEAD_LOCA_FORMAT, 1)
        struct.pack_into(">H", maxp, _MAXP_GLYPHS, count)
        # Readers allocate by these: a composite may hold every part at its largest, one level deeper.
        struct.pack_into(">2H", maxp, _MAXP_POINTS, 0xFFFF, 0xFFFF)
        struct.pack_into(">2H", maxp, _MAXP_COMPONENTS, 0xFF, 16)
        struct.pack_into(">H", hhea, _HHEA_METRICS, count)
        self._tables |= {
            b"head": bytes(head),
            b"maxp": bytes(maxp),
            b"hhea": bytes(hhea),
            b"glyf": outlines,
            b"loca": struct.pack(f">{len(offsets)}L", *offsets),
            b"hmtx": b"".join(struct.pack(">Hh", *metric) for metric in metrics),
        }


def _box(
    parts: Sequence[tuple[int, int, int]], offsets: Sequence[int], outlines: bytearray
) -> tuple[int, int, int, int]:
    if not parts:
        return 0, 0, 0, 0
    boxes = []
    for glyph, right, up in parts:
        left, bottom, far, top = struct.unpack_from(">4h", outlines, offsets[glyph] + 2)
        boxes.append((left + right, bottom + up, far + right, top + up))
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return _short(min(lefts)), _short(min(bottoms)), _short(max(rights)), _short(max(tops))


def _description(parts: Sequence[tuple[int, int, int]], box: tuple[int, int, int, int]) -> bytes:
    if not parts:
        return b""
    description = struct.pack(">5h", -1, *box)
    for number, (glyph, right, up) in enumerate(parts, start=1):
        flags = _ARGS_ARE_WORDS | _ARGS_ARE_XY
        flags |= (_MORE if number < len(parts) else 0) | (_OVERLAP if number == 1 else 0)
        description += struct.pack(">2H2h", flags, glyph, _short(right), _short(up))
    return description


def _short(value: int) -> int:
    return max(-0x8000, min(value, 0x7FFF))
