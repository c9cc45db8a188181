"""The dialect of Markdown that is read: CommonMark, GitHub's additions, and what models add to them."""

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock, reference
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from pdf_worker.render.container_rule import container_plugin
from pdf_worker.render.emphasis import InlineState, escaped_bold
from pdf_worker.render.html_rules import html_plugin
from pdf_worker.render.math_rules import math_plugin
from pdf_worker.render.table_rule import table

_MAX_BLOCK_DEPTH = 80
_MAX_NESTING = _MAX_BLOCK_DEPTH + 40
_SCRIPTS = {"~": "sub", "^": "sup"}


@cache
def parser() -> MarkdownIt:
    """Return the parser; it keeps no state between documents."""
    options = {"html": False, "linkify": True, "maxNesting": _MAX_NESTING, "store_labels": True}
    made = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "linkify"])
    if made.linkify is not None:
        made.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
        made.linkify.pretest = _may_have_links  # its own expression is slow
    made.validateLink = lambda url: True  # type: ignore[method-assign] # noqa: ARG005 - decided in safe_link
    made.block.ruler.at("table", table, {"alt": ["paragraph", "reference"]})
    made.block.ruler.at("reference", _definition)
    footnote_plugin(made, inline=False, move_to_end=False)
    deflist_plugin(made)
    math_plugin(made)
    amsmath_plugin(made)
    html_plugin(made)
    container_plugin(made)
    made.inline.ruler.before("escape", "escaped_bold", escaped_bold)
    made.inline.ruler.before("strikethrough", "script", _script)
    made.block.ruler.before("table", "too_deep", _too_deep)
    _read_lines(made.inline)
    return made


def _read_lines(inlines: ParserInline) -> None:
    """Read lines with our emphasis, and those without any mark at once."""

    def parse(src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        if src and not inlines.terminator_re.search(src):
            tokens.append(Token("text", "", 0, content=src, level=0))
            return tokens
        state = InlineState(src, md, env, tokens)
        inlines.tokenize(state)
        for rule in inlines.ruler2.getRules(""):
            rule(state)
        return state.tokens

    inlines.parse = parse  # type: ignore[method-assign] # it has no other place for a state of one's own


def _may_have_links(text: str) -> bool:
    return "//" in text or "mailto:" in text.lower()


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
    """Read a link definition, but leave a footnote (`[^1]: …`) to its own rule."""
    position = state.bMarks[start] + state.tShift[start]
    return not state.src.startswith("[^", position) and reference(state, start, end, silent)


def _script(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as _too_deep
    """Read `H~2~O` and `x^2^`, which must follow a letter: `10~20` is a range and `~5` an estimate."""
    mark = state.src[state.pos]
    if mark not in _SCRIPTS or state.pos == 0:
        return False
    before = state.src[state.pos - 1]
    end = state.src.find(mark, state.pos + 1, min(state.posMax, state.pos + 9))
    if end < 0 or not (before.isascii() and (before.isalpha() or before in ")]" or mark == "^")):
        return False
    inside = state.src[state.pos + 1 : end]
    if not (inside.strip("+-").isalnum() and inside.isascii()) or state.src[end : end + 2] == mark * 2:
        return False
    if mark == "~" and not (inside.strip("+-").isdigit() or len(inside) == 1):
        return False
    if not silent:
        token = state.push("script", "", 0)
        token.content, token.meta = inside, {"rise": 1 if mark == "^" else -1}
    state.pos = end + 1
    return True
