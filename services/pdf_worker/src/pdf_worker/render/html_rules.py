"""The HTML that models put into Markdown: known tags are read, everything else stays text.

Markup of a line becomes tokens of the line, so that Markdown inside HTML is still Markdown.
"""

import re
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

FORMATS = {
    "b": "bold",
    "strong": "bold",
    "summary": "bold",
    "th": "bold",
    "dt": "bold",
    "i": "italic",
    "em": "italic",
    "cite": "italic",
    "var": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
    "mark": "mark",
    "sub": "sub",
    "sup": "sup",
    "a": "link",
    "small": "",
    "span": "",
    "font": "",
    "big": "",
    "q": "",
    "abbr": "",
    "time": "",
    "label": "",
}
"""Tags around text; what has an empty meaning only loses its tags. They count in pairs."""

BREAKING = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "picture",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "pre",
    ]
)
"""Tags of blocks: alone they mean that a new line begins."""

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s+[^<>]*?|/)?)\s*(/?)>")
_ESCAPED_TAG = re.compile(r"\\<(/?)(br|su[bp]) ?/?\\?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->|<!DOCTYPE[^>]*>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([A-Za-z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_ATTRIBUTES_ONLY = re.compile(
    r"""(?:\s+[A-Za-z_:@-][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*/?"""
)
_HEADING = re.compile(r"<h([1-6])(?:\s[^<>]*)?>(.*?)</h\1>\s*$", re.IGNORECASE)
_BLOCKS = {"table": "html_table", "pre": "html_pre"}
_BLOCK_START = re.compile(r"<(table|pre)(?:\s[^<>]*)?>", re.IGNORECASE)
_MAX_BLOCK_LINES = 2000


def html_plugin(parser: MarkdownIt) -> None:
    """Teach a parser HTML: tokens `html_tag`, `html_table`, `html_pre`, and ordinary ones where they fit."""
    alternatives = RuleOptionsType(alt=["paragraph", "reference", "blockquote", "list"])
    parser.block.ruler.before("heading", "html_comment", _comment_block, alternatives)
    parser.block.ruler.before("heading", "html_heading", _heading_block, alternatives)
    parser.block.ruler.before("heading", "html_verbatim", _verbatim_block, alternatives)
    parser.inline.ruler.after("autolink", "html_tag", _tag)
    parser.inline.ruler.before("escape", "escaped_tag", _escaped_tag)


def attributes(text: str) -> dict[str, str]:
    """Read a tag's attributes, names in lower case."""
    return {name.lower(): unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(text)}


def _tag(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    if state.src[state.pos] != "<":
        return False
    comment = _COMMENT.match(state.src, state.pos)
    if comment is not None:
        state.pos = comment.end()
        return True
    match = _TAG.match(state.src, state.pos, min(state.posMax, state.pos + 100_000))
    if match is None or not _ATTRIBUTES_ONLY.fullmatch(match.group(3)):
        return False
    closing, name, inside = match.group(1) == "/", match.group(2).lower(), match.group(3)
    if name not in FORMATS and name not in BREAKING and name not in {"br", "hr", "img", "wbr", "input"}:
        return False
    if not silent:
        _push(state, name, inside, match.group(), closing=closing)
    state.pos = match.end()
    return True


def _escaped_tag(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as _tag
    r"""Read `\<br\>` and raised or lowered text, which word processors escape when they save Markdown."""
    match = _ESCAPED_TAG.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        name = match.group(2).lower()
        _push(state, name, "", f"<{match.group(1)}{name}>", closing=bool(match.group(1)))
    state.pos = match.end()
    return True


def _push(state: StateInline, name: str, inside: str, written: str, *, closing: bool) -> None:
    if name in {"br", "hr"}:
        state.push("hardbreak", "br", 0)
    elif name == "wbr":
        return
    elif name == "img":
        found = attributes(inside)
        token = state.push("html_image", "img", 0)
        token.content = found.get("alt", "")
        token.attrs = {"src": found.get("src", ""), "title": found.get("title", "")}
    elif name == "input":
        state.push("text", "", 0).content = "\u2611" if "checked" in inside else "\u2610"
    else:
        token = state.push("html_tag", name, 0)
        token.content = written
        found = attributes(inside)
        token.meta = {"closing": closing, "href": found.get("href", ""), "start": found.get("start", "")}


def _comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as _tag
    position = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("<!--", position):
        return False
    line = start
    while line < end and "-->" not in state.src[state.bMarks[line] : state.eMarks[line]]:
        line += 1
    if line >= end or not state.src[state.bMarks[line] : state.eMarks[line]].rstrip().endswith("-->"):
        return False
    if not silent:
        state.line = line + 1
    return True


def _heading_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001, ARG001 - as _tag
    match = _HEADING.match(_line(state, start))
    if match is None or state.is_code_block(start):
        return False
    if not silent:
        state.push("heading_open", f"h{match.group(1)}", 1)
        inline = state.push("inline", "", 0)
        inline.content, inline.children, inline.map = match.group(2).strip(), [], [start, start + 1]
        state.push("heading_close", f"h{match.group(1)}", -1)
        state.line = start + 1
    return True


def _verbatim_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as _tag
    first = _line(state, start)
    match = _BLOCK_START.match(first)
    if match is None or state.is_code_block(start):
        return False
    closing = f"</{match.group(1).lower()}>"
    lines, line = [first], start
    while not lines[-1].lower().rstrip().endswith(closing):
        line += 1
        if line >= min(end, start + _MAX_BLOCK_LINES) or closing in lines[-1].lower():
            return False
        lines.append(state.src[state.bMarks[line] : state.eMarks[line]])
    if not silent:
        token = state.push(_BLOCKS[match.group(1).lower()], "", 0)
        token.block = True
        token.content, token.map = "\n".join(lines), [start, line + 1]
        state.line = line + 1
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
