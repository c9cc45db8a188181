"""Source code in colours."""

from collections.abc import Iterator
from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

from pdf_worker.render.blocks import Run, RunStyle

_MAX_HIGHLIGHTED = 60_000
_STYLES: tuple[tuple[_TokenType, RunStyle], ...] = (
    (Token.Comment, RunStyle(italic=True, color=0x6B7682)),
    (Token.Keyword, RunStyle(bold=True, color=0x1F5C87)),
    (Token.Operator.Word, RunStyle(bold=True, color=0x1F5C87)),
    (Token.Name.Function, RunStyle(color=0x7A4B12)),
    (Token.Name.Class, RunStyle(color=0x7A4B12)),
    (Token.Name.Decorator, RunStyle(color=0x7A4B12)),
    (Token.Name.Tag, RunStyle(color=0x1F5C87)),
    (Token.Name.Attribute, RunStyle(color=0x7A4B12)),
    (Token.Name.Builtin, RunStyle(color=0x5B3F8C)),
    (Token.Name.Constant, RunStyle(color=0x5B3F8C)),
    (Token.Literal.String, RunStyle(color=0x2C6E49)),
    (Token.Literal.Number, RunStyle(color=0xA03B2A)),
    (Token.Generic.Inserted, RunStyle(color=0x2C6E49)),
    (Token.Generic.Deleted, RunStyle(color=0xA03B2A)),
    (Token.Generic.Heading, RunStyle(bold=True)),
)


def code_runs(text: str, language: str) -> list[Run]:
    """Return code as runs; exactly the characters of `text`, with tabs as spaces."""
    text = text.expandtabs(4)
    lexer = _lexer(language) if language and len(text) <= _MAX_HIGHLIGHTED else None
    if lexer is None:
        return [Run(text)]
    runs = list(_coloured(lexer, text))
    # A lexer is free to normalise what it reads; the report is not.
    return runs if "".join(run.text for run in runs) == text else [Run(text)]


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _coloured(lexer: Lexer, text: str) -> Iterator[Run]:
    for kind, value in lexer.get_tokens(text):
        yield Run(value, _style(kind))


@lru_cache(maxsize=256)
def _style(kind: _TokenType) -> RunStyle:
    return next(
        (style for parent, style in _STYLES if kind is parent or kind[: len(parent)] == parent), RunStyle()
    )
