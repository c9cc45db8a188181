"""Block quotes that say what they are for, as GitHub writes them."""

import re
from collections.abc import Sequence

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
