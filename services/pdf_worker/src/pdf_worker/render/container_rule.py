"""Containers between colons, as writers of documentation know them: `:::note Title` … `:::`."""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

_OPENING = re.compile(r":{3,}[ ]*\{?[ ]*\.?([A-Za-z][\w-]*)(?![\w:])(.*)$")
_TITLE = re.compile(r"\[([^\]]*)\]|\btitle=\"([^\"]*)\"")
_ATTRIBUTES = re.compile(r"\{[^{}]*\}|^[^{}]*\}|:+$")
_CLOSING = re.compile(r":{3,}[ ]*$")


def container_plugin(parser: MarkdownIt) -> None:
    """Teach a parser containers: tokens `container` around their blocks, `meta` with their name and title."""
    alternatives = RuleOptionsType(alt=["paragraph", "reference", "blockquote", "list"])
    parser.block.ruler.before("fence", "container", _container, alternatives)


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    first = _line(state, start)
    if not first.startswith(":::") or state.is_code_block(start):
        return False
    match = _OPENING.match(first)
    closing = _closing(state, start, end) if match else 0
    if match is None or not closing:
        return False
    if not silent:
        name, title = match.group(1).lower(), _title(match.group(2))
        state.push("container_open", "div", 1).meta = {"name": name, "title": title}
        old_parent, old_end = state.parentType, state.lineMax
        state.parentType, state.lineMax = "container", closing
        state.md.block.tokenize(state, start + 1, closing)
        state.parentType, state.lineMax = old_parent, old_end
        state.push("container_close", "div", -1)
        state.line = closing + 1
    return True


def _title(written: str) -> str:
    found = _TITLE.search(written)
    return (found.group(1) or found.group(2) or "") if found else _ATTRIBUTES.sub("", written.strip()).strip()


def _closing(state: StateBlock, start: int, end: int) -> int:
    """Return the line that closes a container, 0 when none does: then it is none."""
    depth = 0
    for line in range(start, end):
        text = _line(state, line)
        if text.strip() and state.sCount[line] < state.blkIndent:
            return 0
        if _CLOSING.match(text):
            depth -= 1
        elif text.startswith(":::") and _OPENING.match(text):
            depth += 1
        if depth == 0:
            return line
    return 0


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
