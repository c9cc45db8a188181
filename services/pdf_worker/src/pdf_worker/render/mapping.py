"""Changes to all text of a block, whatever blocks it is inside of."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pdf_worker.render.blocks import (
    Block,
    Callout,
    DefinitionList,
    Footnote,
    ListBlock,
    Paragraph,
    Quote,
    Run,
    Runs,
    Table,
)


def mapped(block: Block, change: Callable[[Runs], list[Run]]) -> Block:
    """Return the block with all its text changed; headings and what is set as it stands keep theirs."""

    def inside(blocks: Sequence[Block]) -> list[Block]:
        return [mapped(inner, change) for inner in blocks]

    match block:
        case Paragraph(runs):
            return Paragraph(change(runs))
        case Quote(blocks) | Callout(_, _, blocks) | Footnote(_, blocks):
            return replace(block, blocks=inside(blocks))
        case ListBlock(items):
            return replace(block, items=[inside(item) for item in items])
        case DefinitionList(items):
            return DefinitionList([(change(term), inside(blocks)) for term, blocks in items])
        case Table(head, rows):
            return replace(
                block,
                head=[change(cell) for cell in head],
                rows=[[change(cell) for cell in row] for row in rows],
            )
        case _:
            return block
