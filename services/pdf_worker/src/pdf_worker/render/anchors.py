"""Links inside the report: `[Costs](#costs)` leads to the heading of that name."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pdf_worker.render.blocks import Block, Heading, Run, Runs, plain_text
from pdf_worker.render.mapping import mapped

_MARK = "#"
_BESIDE_WORDS = re.compile(r"[\W_]+")


def anchor_of(href: str) -> str:
    """Return the name of a place for a link to a heading, or for the heading's own text.

    Programs that make such links differ in what they do with marks and white space, so that only letters and
    digits count.
    """
    return _MARK + _BESIDE_WORDS.sub("", href.casefold())


def link_headings(blocks: Sequence[Block]) -> list[Block]:
    """Give headings that are linked to a place to be found at; a link to none of them becomes plain text."""
    wanted: set[str] = set()
    for block in blocks:
        mapped(block, partial(_noted, wanted=wanted))
    if not wanted:
        return list(blocks)
    found: set[str] = set()
    marked = [_marked(block, wanted, found) for block in blocks]
    return [mapped(block, partial(_without_dead_links, alive=found)) for block in marked]


def _noted(runs: Runs, wanted: set[str]) -> list[Run]:
    wanted.update(run.style.target for run in runs if run.style.target)
    return list(runs)


def _marked(block: Block, wanted: set[str], found: set[str]) -> Block:
    if not isinstance(block, Heading) or not block.runs:
        return block
    anchor = anchor_of(plain_text(block.runs))
    if anchor not in wanted or anchor in found:
        return block
    found.add(anchor)
    first, *others = block.runs
    return Heading(block.level, [first._replace(style=replace(first.style, anchor=anchor)), *others])


def _without_dead_links(runs: Runs, alive: set[str]) -> list[Run]:
    return [
        run._replace(style=replace(run.style, target=None))
        if run.style.target and run.style.target.startswith(_MARK) and run.style.target not in alive
        else run
        for run in runs
    ]
