"""The HTML tags of a line: which are open, how they format, what is printed in their place."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from pdf_worker.render.blocks import RunStyle
from pdf_worker.render.cleaning import clean
from pdf_worker.render.html_rules import BREAKING, FORMATS
from pdf_worker.render.link_targets import linked

_FORMAT: dict[str, Callable[[RunStyle], RunStyle]] = {
    "bold": lambda style: replace(style, bold=True),
    "italic": lambda style: replace(style, italic=True),
    "underline": lambda style: replace(style, underline=True),
    "strike": lambda style: replace(style, strike=True),
    "code": lambda style: replace(style, code=True),
    "mark": lambda style: replace(style, mark=True),
    "sub": lambda style: replace(style, rise=-1),
    "sup": lambda style: replace(style, rise=1),
}
_MAX_OPEN_TAGS = 60
_START = re.compile(r"\d{1,6}")


@dataclass(frozen=True, slots=True)
class _OpenTag:
    """An HTML tag whose end is ahead."""

    name: str
    href: str

    def apply(self, style: RunStyle) -> RunStyle:
        meaning = FORMATS[self.name]
        if meaning == "link":
            return style if style.link else linked(style, self.href)
        return _FORMAT[meaning](style) if meaning else style


@dataclass(slots=True)
class OpenTags:
    """The tags that are open at a place in a line; `paired` are the positions of those that also close."""

    paired: set[int]
    _tags: list[_OpenTag] = field(default_factory=list)
    _lists: list[int | None] = field(default_factory=list)

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> "OpenTags":
        """Find the tags that have their counterpart in the same line of tokens."""
        return cls(_paired(tokens))

    def apply(self, style: RunStyle) -> RunStyle:
        """Return the style inside the open tags."""
        for tag in self._tags:
            style = tag.apply(style)
        return style

    def follow(self, token: Token, position: int) -> str:
        """Open or close a tag and return what is printed in its place."""
        name, closing = token.tag, bool(token.meta["closing"])
        if name in {"ol", "ul"}:
            self._follow_list(token, closing=closing)
        if name in FORMATS and position in self.paired:
            self._follow_format(token, closing=closing)
        if name == "li":
            return " " if closing else f"\n{self._marker()} "
        if name in BREAKING:
            return "\n"
        return "" if position in self.paired else clean(token.content)

    def _follow_format(self, token: Token, *, closing: bool) -> None:
        if not closing:
            if len(self._tags) < _MAX_OPEN_TAGS:
                self._tags.append(_OpenTag(token.tag, str(token.meta["href"])))
            return
        for index in range(len(self._tags) - 1, -1, -1):
            if self._tags[index].name == token.tag:
                del self._tags[index]
                break

    def _follow_list(self, token: Token, *, closing: bool) -> None:
        if closing:
            self._lists = self._lists[:-1]
            return
        start = str(token.meta["start"])
        number = int(start) if _START.fullmatch(start) else 1
        self._lists.append(number if token.tag == "ol" else None)

    def _marker(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "\N{BULLET}"
        self._lists[-1] = number + 1
        return f"{number}."


def _paired(tokens: Sequence[Token]) -> set[int]:
    """Return the positions of the HTML tags that have their counterpart in the same line of tokens."""
    paired: set[int] = set()
    waiting: dict[str, list[int]] = {}
    for position, token in enumerate(tokens):
        if token.type != "html_tag":
            continue
        if not token.meta["closing"]:
            waiting.setdefault(token.tag, []).append(position)
        elif waiting.get(token.tag):
            paired |= {waiting[token.tag].pop(), position}
    return paired
