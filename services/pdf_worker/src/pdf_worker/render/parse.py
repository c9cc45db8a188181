"""Markdown to blocks."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from markdown_it.token import Token

from pdf_worker.render.blocks import (
    Block,
    CodeBlock,
    DefinitionList,
    Footnote,
    Formula,
    Heading,
    ListBlock,
    Paragraph,
    Rule,
    Run,
    RunStyle,
    Table,
    plain_text,
)
from pdf_worker.render.callouts import container, quote_or_callout
from pdf_worker.render.chart_data import read_chart
from pdf_worker.render.chat_marks import without_chat_marks
from pdf_worker.render.cleaning import clean
from pdf_worker.render.grammar import parser
from pdf_worker.render.html_tables import read_preformatted, read_table
from pdf_worker.render.inlines import InlineReader, among_words
from pdf_worker.render.link_targets import safe_link
from pdf_worker.render.notes import Notes
from pdf_worker.render.tasks import split_check
from pdf_worker.render.wrapping import unwrapped

_MARKS_AGAIN = re.compile(r"#{2,6}\s+(?=\S)")
_RULE = re.compile(r"\s*[-\u2013\u2014_*=]{3,}\s*")
_LABEL = re.compile(r"\[([^\]]+)\]:")


def parse(markdown: str, images: Mapping[str, bytes] | None = None) -> list[Block]:
    """Read Markdown as models write it. Any text is valid; unknown HTML is text.

    `images` are the contents of the pictures that are not written into the text, by their address.
    """
    text = unwrapped(without_chat_marks(clean(markdown)))
    environment: dict[str, object] = {}
    tokens = parser().parse(text, environment)
    reader = _BlockReader(InlineReader(Notes.of(environment), images or {}))
    blocks = reader.read(_tree(tokens))
    return [*blocks, *_definitions(text.split("\n"), tokens, environment)]


@dataclass(slots=True)
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


class _BlockReader:
    """Reads the nodes of one document."""

    def __init__(self, inlines: InlineReader) -> None:
        self._inlines = inlines
        self._readers: dict[str, Callable[[_Node], Iterator[Block]]] = {
            "heading": self._heading,
            "paragraph": self._paragraph,
            "fence": self._code,
            "code_block": self._code,
            "blockquote": self._quote,
            "container": self._container,
            "bullet_list": self._list,
            "ordered_list": self._list,
            "dl": self._definitions,
            "table": self._table,
            "html_table": self._html_table,
            "html_pre": self._html_pre,
            "math_block": self._formula,
            "amsmath": self._formula,
            "footnote_reference": self._footnote,
            "hr": self._rule,
        }

    def read(self, nodes: Sequence[_Node]) -> list[Block]:
        return [block for node in nodes for block in self._readers.get(node.type, self._text)(node)]

    def _inline(self, nodes: Sequence[_Node]) -> list[Run]:
        return self._inlines.runs([token for node in nodes for token in node.token.children or ()])

    def _heading(self, node: _Node) -> Iterator[Block]:
        runs = self._inline(node.children)
        if runs and (marks := _MARKS_AGAIN.match(runs[0].text)):
            runs[0] = runs[0]._replace(text=runs[0].text[marks.end() :])
        yield Rule() if _RULE.fullmatch(plain_text(runs)) else Heading(int(node.token.tag[1]), runs)

    def _paragraph(self, node: _Node) -> Iterator[Block]:
        """Give pictures and displayed formulas, which stand on their own, blocks of their own."""
        tokens = [token for child in node.children for token in child.token.children or ()]
        worded = set(among_words(tokens))
        bare = not worded and all(token.type != "link_open" for token in tokens)
        line: list[Token] = []
        for position, token in enumerate(tokens):
            outside = bare or token.level == 0
            block = self._alone(token, among_words=position in worded) if outside else None
            if block is None:
                line.append(token)
                continue
            yield from self._line(line)
            yield block
            line = []
        yield from self._line(line)

    def _line(self, tokens: Sequence[Token]) -> Iterator[Block]:
        runs = self._inlines.runs(tokens)
        if any(run.text.strip() for run in runs):
            yield Paragraph(runs)

    def _alone(self, token: Token, *, among_words: bool) -> Block | None:
        if token.type == "math_inline" and token.meta["display"]:
            return Formula(token.content.strip())
        if token.type in {"image", "html_image"}:
            return self._inlines.figure(token, among_words=among_words)
        return None

    def _code(self, node: _Node) -> Iterator[Block]:
        info = node.token.info.split()
        text = clean(node.token.content).removesuffix("\n")
        language = info[0].strip("{}.").lower() if info else ""
        if language in {"math", "latex", "tex", "katex"} and "\\documentclass" not in text and text.strip():
            yield Formula(text.strip().removeprefix("$$").removesuffix("$$").strip())
            return
        yield read_chart(language, text) or CodeBlock(text, language)

    def _quote(self, node: _Node) -> Iterator[Block]:
        yield quote_or_callout(self.read(node.children))

    def _container(self, node: _Node) -> Iterator[Block]:
        title = self._cell(str(node.token.meta["title"]))
        yield from container(str(node.token.meta["name"]), title, self.read(node.children))

    def _list(self, node: _Node) -> Iterator[Block]:
        start = int(node.token.attrs.get("start", 1)) if node.type == "ordered_list" else None
        paragraphs = (child for item in node.children for child in item.children if child.type == "paragraph")
        tight = all(paragraph.token.hidden for paragraph in paragraphs)
        items = [split_check(self.read(item.children)) for item in node.children]
        checks = [check for check, _ in items]
        yield ListBlock(
            [blocks for _, blocks in items],
            start,
            tight,
            checks if any(c is not None for c in checks) else (),
        )

    def _definitions(self, node: _Node) -> Iterator[Block]:
        items: list[tuple[list[Run], list[Block]]] = []
        for child in node.children:
            if child.type == "dt" or not items:
                items.append((self._inline(child.children), []))
            else:
                items[-1][1].extend(self.read(child.children))
        yield DefinitionList(items)

    def _table(self, node: _Node) -> Iterator[Block]:
        columns = int(node.token.meta["columns"])
        rows = [[self._inline(cell.children) for cell in row.children] for row in node.children]
        yield _table_of(rows, columns, node.token.meta["alignments"])

    def _html_table(self, node: _Node) -> Iterator[Block]:
        caption, rows = read_table(node.token.content)
        if caption:
            yield Paragraph([Run(clean(caption))])
        if rows:
            cells = [[self._cell(cell) for cell in row] for row in rows]
            yield _table_of(cells, max(map(len, rows)), ())

    def _cell(self, markdown: str) -> list[Run]:
        tokens = parser().parseInline(markdown, {})
        return self._inlines.runs([child for token in tokens for child in token.children or ()])

    def _html_pre(self, node: _Node) -> Iterator[Block]:
        yield CodeBlock(clean(read_preformatted(node.token.content)))

    def _formula(self, node: _Node) -> Iterator[Block]:
        yield Formula(node.token.content.strip())

    def _footnote(self, node: _Node) -> Iterator[Block]:
        mark = self._inlines.notes.mark(str(node.token.meta["label"]))
        yield Footnote(mark, self.read(node.children))

    def _rule(self, _node: _Node) -> Iterator[Block]:
        yield Rule()

    def _text(self, node: _Node) -> Iterator[Block]:
        text = clean(node.token.content)
        if text.strip():
            yield Paragraph([Run(text)])
        yield from self.read(node.children)


def _table_of(rows: Sequence[Sequence[list[Run]]], columns: int, alignments: Sequence[str]) -> Table:
    head, *body = [[*row, *([Run("")] for _ in range(columns - len(row)))] for row in rows]
    return Table(head, body, [*alignments[:columns], *["left"] * (columns - len(alignments))])


def _definitions(
    lines: Sequence[str], tokens: Sequence[Token], environment: Mapping[str, object]
) -> Iterator[Block]:
    """Models list their sources as link definitions, which Markdown hides: print those that are sources.

    These are the ones that nothing refers to, and the numbered ones that the text cites by number.
    """
    references = environment.get("references")
    if not isinstance(references, dict):
        return
    inline = list(chain.from_iterable(token.children or () for token in tokens))
    used = {str(token.meta["label"]) for token in inline if "label" in token.meta}
    cited = {
        str(token.meta["label"]) for token in inline if "label" in token.meta and token.meta.get("citation")
    }
    for label, definition in references.items():
        target = clean(str(definition["href"]))
        if (label not in used or label in cited) and not target.startswith("data:"):
            written = _LABEL.search(lines[definition["map"][0]])
            link = Run(target, RunStyle(link=safe_link(target)))
            title = clean(str(definition["title"]))
            name = f"[{written.group(1) if written else clean(label)}] "
            yield Paragraph([Run(name), link, Run(f" {title}" if title else "")])
