"""Inline Markdown tokens to runs."""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, urlsplit

from markdown_it.token import Token

from pdf_worker.render.blocks import Run, RunStyle
from pdf_worker.render.cleaning import clean

_LINE_BREAK_TAG = re.compile(r"[ \t]*<br\s*/?>[ \t]*", re.IGNORECASE)
_LINK_SCHEMES = frozenset({"http", "https", "mailto"})
_MAX_URL_LENGTH = 2000
_OPENING = {
    "strong_open": RunStyle(bold=True),
    "em_open": RunStyle(italic=True),
    "s_open": RunStyle(strike=True),
}


def safe_link(target: str) -> str | None:
    """`target` as an ASCII URL if a reader may be sent there, else None."""
    try:
        parts = urlsplit(target)
        host = parts.hostname
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _LINK_SCHEMES or not (host or scheme == "mailto"):
        return None
    url = quote(clean(target), safe="%/:=&?~#+!$,;'@()*[]")
    return url if len(url) <= _MAX_URL_LENGTH else None


def to_runs(tokens: Sequence[Token]) -> list[Run]:
    """Flatten the children of an inline token; formatting nests, an unknown token keeps its text."""
    runs: list[Run] = []
    styles = [RunStyle()]
    for token in tokens:
        if token.nesting == 1:
            styles.append(_opened(token, styles[-1]))
        elif token.nesting == -1:
            if len(styles) > 1:
                styles.pop()
        else:
            runs.append(_leaf(token, styles[-1]))
    return [run for run in runs if run.text]


def _opened(token: Token, outer: RunStyle) -> RunStyle:
    if token.type == "link_open":
        return replace(outer, link=safe_link(str(token.attrs.get("href", ""))))
    added = _OPENING.get(token.type, RunStyle())
    return replace(
        outer,
        bold=outer.bold or added.bold,
        italic=outer.italic or added.italic,
        strike=outer.strike or added.strike,
    )


def _leaf(token: Token, style: RunStyle) -> Run:
    if token.type == "softbreak":
        return Run(" ", style)
    if token.type == "hardbreak":
        return Run("\n", style)
    if token.type == "code_inline":
        return Run(clean(token.content).replace("\n", " "), replace(style, code=True))
    if token.type == "image":
        return _image(token, style)
    text = clean(token.content).replace("\n", " ")
    return Run(_LINE_BREAK_TAG.sub("\n", text), style)


def _image(token: Token, style: RunStyle) -> Run:
    """Pictures are never fetched: the description stands for the picture and links to it."""
    source = str(token.attrs.get("src", ""))
    description = "".join(run.text for run in to_runs(token.children or ()))
    return Run(
        description or clean(source), replace(style, italic=True, link=style.link or safe_link(source))
    )
