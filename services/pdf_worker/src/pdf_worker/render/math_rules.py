r"""Mathematics in Markdown: `$…$`, `\(…\)`, `$$…$$`, `\[…\]`; amounts of money are not mathematics."""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_MAX_LENGTH = 4000
_MAX_LINES = 200
_INLINE = (
    (re.compile(r"\$`([^`$\n]+)`\$"), False),
    (
        re.compile(
            r"\\\$\\\$((?:[^$\\\n]|\\[^$]){0,300}?\\{1,2}[A-Za-z]{2}(?:[^$\\\n]|\\[^$]){0,500})\\\$\\\$"
        ),
        True,
    ),
    (
        re.compile(
            r"\\\$((?!\s)(?:[^$\\\n]|\\[^$]){0,300}?\\{1,2}[A-Za-z]{2}(?:[^$\\\n]|\\[^$]){0,300})\\\$"
        ),
        False,
    ),
    (re.compile(r"\$\$([^$]+)\$\$"), True),
    (re.compile(r"\\\[(.+?)\\\]", re.DOTALL), True),
    (re.compile(r"\\\((.+?)\\\)", re.DOTALL), False),
    (
        re.compile(
            r"\$((?:[^\s$\\]|\\.)(?:(?:[^$\\\n]|\\.|\n(?!\n))*?[^\s$\\]|(?:[^$\\\n]|\\.)*?\\.)?)\$(?![\d$])"
        ),
        False,
    ),
    (re.compile(r"\$(\\{1,2}[A-Za-z]+\s?)\$"), False),
    (re.compile(r"\$((?:[^$\\\n]|\\.){0,300}?\\{1,2}[A-Za-z]{2}(?:[^$\\\n]|\\.){0,300}?)\$(?![\d$])"), False),
)
_MONEY = re.compile(r"^~?\d[\d.,]*\s*(?:[A-Za-z]{1,8}\b|%|[\u2013\u2014/+-]|[\u4e00-\u9fff]|$)")
_NUMBERS = re.compile(r"\d[\d.,]*(?:\s?[,\u3001\uff0c\u2013~-]\s?\d[\d.,]*)*")
_OPERATOR = re.compile(r"[\\^_{}=<>+*/]|^[A-Za-z]$|^-?\d[\d.,]*$|^[A-Za-z]\(.*\)$|\d[A-Za-z]")
_PROSE = re.compile(r"[A-Za-z]{3,}\s+[A-Za-z]{2,}|\*\*|`|\]\(|[\u4e00-\u9fff]{2}")
_IN_WORDS = re.compile(r"\\(?:text|mathrm|operatorname)\w*\{[^}]*\}")
_SIGNS = re.compile(r"[\\^_{}=<>+*/|]|\S\s*-\s*[A-Za-z(]|[A-Za-z]\(")
_NAME = re.compile(r"\\[A-Za-z]+ *")
_COMMAND = re.compile(r"(?<!\\)\\[A-Za-z]")
_ESCAPED = re.compile(r"\\\\[A-Za-z]{2}|(?<![A-Za-z0-9]{2})\\_|\\[=<>+\[\]]")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BLOCKS = (("$$", "$$"), ("\\[", "\\]"))


def math_plugin(parser: MarkdownIt) -> None:
    """Teach a parser mathematics: tokens `math_inline` and `math_block`, whose content is LaTeX."""
    parser.inline.ruler.before("escape", "math_inline", _inline)
    parser.block.ruler.before(
        "fence", "math_block", _block, RuleOptionsType(alt=["paragraph", "reference", "blockquote", "list"])
    )


def _inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    if state.src[state.pos] not in "$\\":
        return False
    for pattern, display in _INLINE:
        match = pattern.match(state.src, state.pos, min(state.posMax, state.pos + _MAX_LENGTH))
        if match is None:
            continue
        content = _without_escapes(match.group(1))
        if match.group().startswith("$") and not display and not _is_formula(state, content):
            return False
        if match.group().startswith("\\") and _is_escaped_text(content, display=display):
            return False
        if not silent:
            token = state.push("math_inline", "math", 0)
            token.content, token.markup, token.meta = content.strip(), match.group(), {"display": display}
        state.pos = match.end()
        return True
    return False


def _is_formula(state: StateInline, content: str) -> bool:
    before = state.src[state.pos - 1] if state.pos else " "
    if before == "$" or (before.isdigit() and content[0] not in "\\^_"):
        return False
    plain = _NAME.sub(" ", _IN_WORDS.sub("", content))
    if _PROSE.search(plain) or (_MONEY.match(content) and not re.search(r"[\\^_=]", content)):
        return _NUMBERS.fullmatch(content) is not None
    return bool(_OPERATOR.search(content) or _NUMBERS.fullmatch(content)) or (
        len(content) <= 3 and content.isalnum()
    )


def _without_escapes(content: str) -> str:
    r"""Undo what word processors make of a formula in Markdown: `D\_{i} \\in R` for `D_{i} \in R`."""
    if _COMMAND.search(content) or not _ESCAPED.search(content):
        return content
    return _ESCAPE.sub(r"\1", content)


def _is_escaped_text(content: str, *, display: bool) -> bool:
    r"""Whether brackets are only escaped, as word processors write them: `\[3\]`, `\(see below\)`."""
    plain = _IN_WORDS.sub("", content)
    if _SIGNS.search(plain):
        return False
    return display or _PROSE.search(plain) is not None


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - as _inline
    first = _line(state, start)
    closing = next((closing for opening, closing in _BLOCKS if first.startswith(opening)), None)
    if closing is None or state.is_code_block(start):
        return False
    lines = _lines_up_to(state, closing, start, end)
    content = "\n".join(lines).rstrip().removesuffix(closing).strip()
    if not content or (closing == "\\]" and _is_escaped_text(content, display=True)):
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block = True
        token.content, token.map = _without_escapes(content), [start, start + len(lines)]
        state.line = start + len(lines)
    return True


def _lines_up_to(state: StateBlock, closing: str, start: int, end: int) -> list[str]:
    """Return the lines of a block without its opening mark, none when it is not closed."""
    lines = [_line(state, start)[2:]]
    while not lines[-1].rstrip().endswith(closing):
        line = start + len(lines)
        if closing in lines[-1] or line >= min(end, start + _MAX_LINES):
            return []
        blank = not lines[-1].strip()
        lines.append(_line(state, line))
        if state.sCount[line] < state.blkIndent or (blank and not lines[-1].strip()):
            return []
    return lines


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
