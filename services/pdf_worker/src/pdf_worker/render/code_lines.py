"""Preformatted text to lines."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from operator import itemgetter

from pdf_worker.render.bidi import has_rtl, levels
from pdf_worker.render.blocks import Run
from pdf_worker.render.lines import Line, chopped, line_of
from pdf_worker.render.looks import Look, look_of
from pdf_worker.render.units import Atom, shaped
from pdf_worker.theme import TextStyle

_WORD = re.compile(r"\S+\s*|\s+")
_BREAKABLE = 0.5
_FUZZ = 1e-6


def break_preformatted(runs: Sequence[Run], block: TextStyle, width: float) -> list[Line]:
    """Set runs without tabs as they stand, line by line; a line too wide continues on the next.

    It is broken before a word, or inside one that would leave much of the line empty.
    """
    lines: list[Line] = []
    for source in _source_lines(runs, block):
        row = [shaped(text, look) for text, look in source]
        if sum(atom.width for atom in row) <= width:
            lines.append(line_of(row, block))
        else:
            lines += [line_of(row, block) for row in _rows(source, width)]
    return lines


def _rows(source: Sequence[tuple[str, Look]], width: float) -> Iterator[list[Atom]]:
    row: list[Atom] = []
    used = 0.0
    for text, look in source:
        for word in _WORD.findall(text):
            room = shaped(word.rstrip(), look).width
            if row and room < _BREAKABLE * width < used and used + room > width:
                yield row
                row, used = [], 0.0
            for atom in chopped(word, look, width, used):
                if row and used + atom.width > width + _FUZZ:
                    yield row
                    row, used = [], 0.0
                row.append(atom)
                used += atom.width
    yield row


def _source_lines(runs: Sequence[Run], block: TextStyle) -> Iterator[list[tuple[str, Look]]]:
    """Split preformatted text at line feeds, and where its style or its direction changes."""
    rows: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        rows[-1].append(run._replace(text=first) if others else run)
        rows += [[run._replace(text=part)] for part in others]
    for row in rows:
        text = "".join(run.text for run in row)
        if not has_rtl(text):
            yield [(run.text, look_of(run.style, block, block.language)) for run in row if run.text]
            continue
        embedding = levels(text, rtl=False)
        offsets = accumulate((len(run.text) for run in row), initial=0)
        yield [
            ("".join(character for character, _ in group), look_of(run.style, block, block.language, level))
            for run, offset in zip(row, offsets, strict=False)
            for level, group in groupby(zip(run.text, embedding[offset:], strict=False), key=itemgetter(1))
        ]
