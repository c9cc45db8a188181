"""Emphasis where CommonMark wants spaces that are not there: beside ideographs, and after a colon."""

import re
import unicodedata

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned

_CLOSING = frozenset("\uff1a\uff0c\u3002\uff1b\uff01\uff1f\u3001\uff09\u300b\u300d\u300f\u3011\u201d\u2019")
_ESCAPED_BOLD = re.compile(r"\\\*\\\*(?![\s\\])([^*\n]{1,300})(?<![\s\\])\\\*\\\*(?!\\?\*)")
_ENDS = frozenset(":;,.!?)\"'\u201d\u2019")


class InlineState(StateInline):
    """Takes ideographs beside a mark for white space, so that bold may end after a colon inside a text."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: FBT001, N802, N803 - markdown-it's names
        """Say whether marks may open or close emphasis."""
        found = super().scanDelims(start, canSplitWord)
        before = self.src[start - 1] if start else " "
        end = start + found.length
        after = self.src[end] if end < self.posMax else " "
        if found.length == 2 and before in _ENDS and after.isalnum():  # **Note:**text
            return Scanned(found.can_open, can_close=True, length=found.length)
        if not canSplitWord or not (_is_wide(before) or _is_wide(after)):
            return found
        opens = (
            not isWhiteSpace(ord(after))
            and after not in _CLOSING
            and (not _is_narrow_mark(after) or _parts(before))
        )
        closes = not isWhiteSpace(ord(before)) and (not _is_narrow_mark(before) or _parts(after))
        return Scanned(opens, closes, found.length)


def escaped_bold(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    r"""Read `\*\*…\*\*`, which word processors make of bold that they could not read.

    What follows a letter or digit is a sign of its own (`x\*\*2`), and three stars are a note's (`\*\*\*`).
    """
    before = state.src[state.pos - 1] if state.pos else " "
    if state.src[state.pos] != "\\" or before in "\\*" or (before.isascii() and before.isalnum()):
        return False
    match = _ESCAPED_BOLD.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        end, state.pos, state.posMax = state.posMax, match.start(1), match.end(1)
        state.push("strong_open", "strong", 1)
        state.md.inline.tokenize(state)
        state.push("strong_close", "strong", -1)
        state.posMax = end
    state.pos = match.end()
    return True


def _parts(character: str) -> bool:
    return isWhiteSpace(ord(character)) or _is_mark(character) or _is_wide(character)


def _is_mark(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _is_narrow_mark(character: str) -> bool:
    return _is_mark(character) and not _is_wide(character)


def _is_wide(character: str) -> bool:
    """Whether this is an ideograph, kana, or a mark among them."""
    return character > "\u10ff" and unicodedata.east_asian_width(character) in "WF"
