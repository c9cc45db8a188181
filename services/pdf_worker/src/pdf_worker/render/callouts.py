"""Block quotes that say what they are for, as GitHub writes them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pdf_worker.render.blocks import Block, Callout, Paragraph, Quote, Run, RunStyle

_MARK = re.compile(r"\s*\[!([A-Za-z]+)\][+-]?[ \t]*([^\n]*)(?:\n|$)")
_KINDS = {
    "note": "note",
    "info": "note",
    "abstract": "note",
    "summary": "note",
    "todo": "note",
    "question": "note",
    "example": "note",
    "quote": "note",
    "tip": "tip",
    "hint": "tip",
    "success": "tip",
    "important": "important",
    "warning": "warning",
    "attention": "warning",
    "caution": "caution",
    "danger": "caution",
    "error": "caution",
    "failure": "caution",
    "bug": "caution",
}


def container(name: str, title: Sequence[Run], blocks: Sequence[Block]) -> Sequence[Block]:
    """Read what stands between colons: a callout if its name says so, else its blocks below its title."""
    bold = [run._replace(style=replace(run.style, bold=True)) for run in title]
    if kind := _KINDS.get(name):
        return [Callout(kind, bold or [Run(name.capitalize(), RunStyle(bold=True))], blocks)]
    return [Paragraph(bold), *blocks] if bold else blocks


def quote_or_callout(blocks: Sequence[Block]) -> Quote | Callout:
    """Read `[!NOTE]` and its relatives at the start of a quote as the kind of a callout."""
    match blocks:
        case [Paragraph([Run() as first, *others]), *rest]:
            mark = _MARK.match(first.text)
            kind = _KINDS.get(mark.group(1).lower()) if mark else None
            if mark is None or kind is None:
                return Quote(blocks)
            name = mark.group(1).capitalize()
            title = [Run(mark.group(2).strip() or name, RunStyle(bold=True))]
            text = [first._replace(text=first.text[mark.end() :].lstrip("\n")), *others]
            text = [run for run in text if run.text]
            while text and not text[0].text.strip():
                del text[0]
            return Callout(kind, title, [Paragraph(text), *rest] if text else rest)
        case _:
            return Quote(blocks)
