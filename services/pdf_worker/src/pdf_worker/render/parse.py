"""Markdown to blocks."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, reference
from markdown_it.token import Token

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
_LABEL = re.compile(r"\[([^\]]+)\]:")
_ALIGNMENT = re.compile(r"text-align:(left|center|right)")


def parse(markdown: str) -> list[Block]:
    """Read CommonMark with tables, strikethrough and bare links. Any text is valid; HTML is text."""
    text = clean(markdown)
    environment: dict[str, object] = {}
    tokens = _parser().parse(text, environment)
    blocks = _blocks(_tree(tokens))
    return [*blocks, *_unused_definitions(text.split("\n"), tokens, environment)]


@dataclass(frozen=True, slots=True)
class _Node:
    """A block's opening token and the blocks inside it."""

    token: Token
    children: "list[_Node]" = field(default_factory=list)

    @property
    def type(self) -> str:
        return self.token.type.removesuffix("_open")


def _tree(tokens: Sequence[Token]) -> list[_Node]:
    """Nest blocks, but not what is inside their lines: emphasis may be deeper than Python can recurse."""
    root: list[_Node] = []
    open_lists = [root]
    for token in tokens:
        if token.nesting == -1:
            open_lists.pop()
            continue
        node = _Node(token)
        open_lists[-1].append(node)
        if token.nesting == 1:
            open_lists.append(node.children)
    return root


@cache
def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": True, "maxNesting": _MAX_NESTING, "store_labels": True}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "linkify"])
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    parser.block.ruler.before("table", "too_deep", _too_deep)
    parser.block.ruler.at("reference", _definition)
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


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as _too_deep
    """Read a link definition, but leave a footnote (`[^1]: …`) as the text that it is."""
    position = state.bMarks[start] + state.tShift[start]
    return not state.src.startswith("[^", position) and reference(state, start, end, silent)


def _blocks(nodes: Sequence[_Node]) -> list[Block]:
    return [block for node in nodes if (block := _READERS.get(node.type, _text)(node)) is not None]


def _runs(node: _Node) -> list[Run]:
    return list(chain.from_iterable(to_runs(child.token.children or ()) for child in node.children))


def _heading(node: _Node) -> Block:
    return Heading(int(node.token.tag[1]), _runs(node))


def _paragraph(node: _Node) -> Block | None:
    runs = _runs(node)
    return Paragraph(runs) if runs else None


def _code(node: _Node) -> Block:
    language = node.token.info.split(maxsplit=1)[0] if node.token.info.strip() else ""
    return CodeBlock(clean(node.token.content).removesuffix("\n"), language)


def _quote(node: _Node) -> Block:
    return Quote(_blocks(node.children))


def _list(node: _Node) -> Block:
    start = int(node.token.attrs.get("start", 1)) if node.type == "ordered_list" else None
    tight = all(
        child.token.hidden for item in node.children for child in item.children if child.type == "paragraph"
    )
    return ListBlock([_blocks(item.children) for item in node.children], start, tight)


def _table(node: _Node) -> Block:
    rows = [row.children for part in node.children for row in part.children]
    found = [_ALIGNMENT.search(str(cell.token.attrs.get("style", ""))) for cell in rows[0]]
    alignments = [match.group(1) if match else "left" for match in found]
    head, *body = ([_runs(cell) for cell in row] for row in rows)
    return Table(head, body, alignments)


def _rule(_node: _Node) -> Block:
    return Rule()


def _text(node: _Node) -> Block | None:
    text = clean(node.token.content)
    return Paragraph([Run(text)]) if text.strip() else None


_READERS: dict[str, Callable[[_Node], Block | None]] = {
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


def _unused_definitions(
    lines: Sequence[str], tokens: Sequence[Token], environment: dict[str, object]
) -> Iterator[Block]:
    """Models list their sources as link definitions, which Markdown hides: print those nothing refers to."""
    references = environment.get("references")
    if not isinstance(references, dict):
        return
    inline = chain.from_iterable(token.children or () for token in tokens)
    used = {str(token.meta["label"]) for token in inline if "label" in token.meta}
    for label, definition in references.items():
        if label not in used:
            written = _LABEL.search(lines[definition["map"][0]])
            target = clean(str(definition["href"]))
            link = Run(target, RunStyle(link=safe_link(target)))
            title = clean(str(definition["title"]))
            name = f"[{written.group(1) if written else clean(label)}] "
            yield Paragraph([Run(name), link, Run(f" {title}" if title else "")])
