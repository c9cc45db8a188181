"""Captions of tables and figures: found beside what they name, and numbered when they are not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pdf_worker.render.blocks import (
    Block,
    Caption,
    Chart,
    Paragraph,
    Picture,
    Run,
    Runs,
    RunStyle,
    Table,
    plain_text,
)
from pdf_worker.render.labels import Labels

_WRITTEN = re.compile(
    r"^\s*(?P<kind>Table|Tab\.|Figure|Fig\.|Chart|表格?|图表?|圖表?)\s*"
    r"(?P<number>[A-Z]?\d+(?:[.\-]\d+)*)?\s*[:.\uff1a\u3000\u2014 -]",
    re.IGNORECASE,
)
_PANDOC = re.compile(r"^:\s+\S")
_MAX_CAPTION = 300


def number_captions(blocks: Sequence[Block], labels: Labels) -> list[Block]:
    """Mark captions, and number figures and tables that have a caption without a number."""
    return list(_Numbering(labels).walk(blocks))


class _Numbering:
    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._counts = {labels.table: 0, labels.figure: 0}

    def walk(self, blocks: Sequence[Block]) -> Iterator[Block]:
        position = 0
        while position < len(blocks):
            block = blocks[position]
            following = blocks[position + 1] if position + 1 < len(blocks) else None
            if isinstance(following, Table | Picture | Chart) and (runs := _caption(block, following)):
                yield Caption(self._numbered(runs, following), above=True)
                yield following if not isinstance(following, Picture) else replace(following, caption=())
                position += 2
            elif (
                isinstance(block, Table)
                and following is not None
                and (runs := _caption(following, block, below=True))
            ):
                if position + 2 < len(blocks) and isinstance(blocks[position + 2], Table):
                    yield block  # the caption between two tables belongs to the second
                    position += 1
                    continue
                yield block
                yield Caption(self._numbered(runs, block), above=False)
                position += 2
            else:
                yield from self._own_caption(block)
                position += 1

    def _own_caption(self, block: Block) -> Iterator[Block]:
        yield block
        match block:
            case Picture(_, _, _, caption) if caption:
                yield Caption(self._numbered(caption, block), above=False)
            case Chart(_, title) if title:
                yield Caption(self._numbered([Run(title)], block), above=False)

    def _numbered(self, runs: Runs, thing: Block) -> list[Run]:
        kind = self._labels.table if isinstance(thing, Table) else self._labels.figure
        self._counts[kind] += 1
        written = _WRITTEN.match(plain_text(runs))
        if written is not None and written.group("number"):
            return list(runs)
        if written is not None and runs:
            rest = plain_text(runs)[written.end() :].lstrip()
            runs = [Run(rest, replace(runs[0].style, bold=False, picture=None))]
        number = Run(f"{kind} {self._counts[kind]}. ", RunStyle(bold=True))
        return [number, *runs]


def _caption(block: Block, thing: Block, *, below: bool = False) -> Runs | None:
    """Return the text of a paragraph that is a caption of the thing beside it."""
    if not isinstance(block, Paragraph):
        return None
    text = plain_text(block.runs)
    if len(text) > _MAX_CAPTION or "\n" in text.strip():
        return None
    if below and isinstance(thing, Table) and _PANDOC.match(text):
        first, *others = block.runs
        return [first._replace(text=first.text.lstrip(": ")), *others]
    found = _WRITTEN.match(text)
    if found is None:
        return None
    is_table = found.group("kind").lower().startswith(("tab", "表"))
    if is_table != isinstance(thing, Table):
        return None
    named = found.group("number") is not None or text[found.end() - 1] in ":\uff1a."
    return block.runs if named else None
