"""Items of task lists."""

from collections.abc import Sequence

from pdf_worker.render.blocks import Block, Paragraph, Run

_BOXES = {"[ ] ": False, "[x] ": True, "[X] ": True}


def split_check(blocks: Sequence[Block]) -> tuple[bool | None, Sequence[Block]]:
    """Take `[ ]` or `[x]` off the start of a list item: (whether it is done, the item without it)."""
    match blocks:
        case [Paragraph([Run() as first, *others]), *rest] if first.text[:4] in _BOXES:
            text = [first._replace(text=first.text[4:]), *others]
            return _BOXES[first.text[:4]], [Paragraph([run for run in text if run.text]), *rest]
        case _:
            return None, blocks
