"""Markdown to blocks."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from pdf_worker.render.blocks import (
    Block,
    CodeBlock,
    Heading,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Run,
    RunStyle,
    Table,
)
from pdf_worker.render.cleaning import clean
from pdf_worker.render.inlines import safe_link, to_runs

_MAX_BLOCK_DEPTH = 80
_MAX_NESTING = _MAX_BLOCK_DEPTH + 40
_ALIGNMENT = re.compile(r"text-align:(left|center|right)")


def parse(markdown: str) -> list[Block]:
    """Read CommonMark with tables, strikethrough and bare links. Any text is valid; HTML is text."""
    environment: dict[str, object] = {}
    tokens = _parser().parse(clean(markdown), environment)
    blocks = _blocks(SyntaxTreeNode(tokens).children)
    return [*blocks, *_unused_definitions(tokens, environment)]


@cache
def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": True, "maxNesting": _MAX_NESTING, "store_labels": True}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "linkify"])
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    parser.block.ruler.before("table", "too_deep", _too_deep)
    return parser


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Keep what is nested too deeply as literal text, where markdown-it would drop it."""
    if state.level < _MAX_BLOCK_DEPTH:
        return False
    line = start
    while line < end and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        line += 1
    if not silent:
        token = state.push("code_block", "", 0)
        token.content = state.getLines(start, line, state.blkIndent, keepLastLF=False)
        state.line = line
    return True


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> list[Block]:
    return [block for node in nodes if (block := _READERS.get(node.type, _text)(node)) is not None]


def _runs(node: SyntaxTreeNode) -> list[Run]:
    return list(chain.from_iterable(to_runs(_children(child)) for child in node.children))


def _children(node: SyntaxTreeNode) -> list[Token]:
    return (node.token.children or []) if node.token else []


def _heading(node: SyntaxTreeNode) -> Block:
    return Heading(int(node.tag[1]), _runs(node))


def _paragraph(node: SyntaxTreeNode) -> Block | None:
    runs = _runs(node)
    return Paragraph(runs) if runs else None


def _code(node: SyntaxTreeNode) -> Block:
    language = node.info.split(maxsplit=1)[0] if node.info.strip() else ""
    return CodeBlock(clean(node.content).removesuffix("\n"), language)


def _quote(node: SyntaxTreeNode) -> Block:
    return Quote(_blocks(node.children))


def _list(node: SyntaxTreeNode) -> Block:
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    tight = all(
        child.hidden for item in node.children for child in item.children if child.type == "paragraph"
    )
    return ListBlock([_blocks(item.children) for item in node.children], start, tight)


def _table(node: SyntaxTreeNode) -> Block:
    rows = [row.children for part in node.children for row in part.children]
    found = [_ALIGNMENT.search(str(cell.attrs.get("style", ""))) for cell in rows[0]]
    alignments = [match.group(1) if match else "left" for match in found]
    head, *body = ([_runs(cell) for cell in row] for row in rows)
    return Table(head, body, alignments)


def _rule(_node: SyntaxTreeNode) -> Block:
    return Rule()


def _text(node: SyntaxTreeNode) -> Block | None:
    text = clean(node.content)
    return Paragraph([Run(text)]) if text.strip() else None


_READERS: dict[str, Callable[[SyntaxTreeNode], Block | None]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "fence": _code,
    "code_block": _code,
    "blockquote": _quote,
    "bullet_list": _list,
    "ordered_list": _list,
    "table": _table,
    "hr": _rule,
}


def _unused_definitions(tokens: Sequence[Token], environment: dict[str, object]) -> Iterator[Block]:
    """Models list their sources as link definitions, which Markdown hides: print those nothing refers to."""
    references = environment.get("references")
    if not isinstance(references, dict):
        return
    inline = chain.from_iterable(token.children or () for token in tokens)
    used = {str(token.meta["label"]) for token in inline if "label" in token.meta}
    for label, reference in references.items():
        if label not in used:
            target = clean(str(reference["href"]))
            link = Run(target, RunStyle(link=safe_link(target)))
            title = clean(str(reference["title"]))
            yield Paragraph([Run(f"[{clean(label)}] "), link, Run(f" {title}" if title else "")])
