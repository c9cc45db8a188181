"""What changed between two drafts, paragraph by paragraph, and word by word where one was changed."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum

from pydantic import BaseModel

# A word with the space after it, one East Asian character, or one mark.
_EAST_ASIAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORDS = re.compile(rf"[{_EAST_ASIAN}]\s*|(?:(?![{_EAST_ASIAN}])\w)+\s*|[^\w\s]\s*|\s+")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
# A line that has to stay one: of a list, a table, a quotation, a heading, code, or with a break at its end.
_OWN_LINE = re.compile(r"^\s*([-*+>|#]|\d+[.)]\s|`{3}|~{3})|^ {4}|( {2}|\\)$")
# Paragraphs that share less than this are another text, not a changed one.
ALIKE = 0.4
# Comparing words takes time that grows with the product of their numbers.
MAX_WORDS = 4_000
# So few words between two changes only make them harder to read.
MIN_KEPT_WORDS = 2


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Segment(BaseModel):
    """Words of a paragraph that are the same in both drafts, or in one of them only."""

    change: Change
    text: str


class Block(BaseModel):
    """A paragraph in Markdown; a changed one has segments of several kinds, any other has one."""

    change: Change
    segments: list[Segment]


class Comparison(BaseModel):
    """The draft `revision` against an earlier or later one."""

    revision: int
    against: int
    blocks: list[Block]


async def compare_apart(old: str, new: str) -> list[Block]:
    """Compare outside the event loop: long drafts take a while."""
    return await asyncio.to_thread(compare, old, new)


def compare(old: str, new: str) -> list[Block]:
    """Give the paragraphs of both texts in reading order, each with what became of it."""
    return list(_blocks(paragraphs(old), paragraphs(new)))


def paragraphs(markdown: str) -> list[str]:
    """Split at blank lines, but not inside fenced code; lines that mean nothing are joined."""
    found: list[list[str]] = [[]]
    fence = ""
    for line in markdown.splitlines():
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif fence and line.strip().startswith(fence):
            fence = ""
        if line.strip() or fence:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [_text_of(lines) for lines in found if lines]


def _text_of(lines: Sequence[str]) -> str:
    is_prose = not any(_OWN_LINE.search(line) for line in lines)
    return " ".join(line.strip() for line in lines) if is_prose else "\n".join(lines)


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (_whole(Change.SAME, text) for text in new[j1:j2])
        else:
            yield from _replaced(old[i1:i2], new[j1:j2])


def _whole(change: Change, text: str) -> Block:
    return Block(change=change, segments=[Segment(change=change, text=text)])


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    # Each new paragraph goes with the first one like it that is left, so that both orders are kept.
    old_words = [set(words(text)) for text in old]
    at = 0
    for text in new:
        own = set(words(text))
        pair = next((i for i in range(at, len(old)) if _alike(old_words[i], own)), None)
        if pair is None:
            yield _whole(Change.ADDED, text)
            continue
        yield from (_whole(Change.REMOVED, left) for left in old[at:pair])
        yield _changed(old[pair], text)
        at = pair + 1
    yield from (_whole(Change.REMOVED, left) for left in old[at:])


def words(text: str) -> list[str]:
    """Cut a text so that the pieces together are the text."""
    return _WORDS.findall(text)


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= ALIKE * max(len(one), len(other))


def _changed(old: str, new: str) -> Block:
    before, after = words(old), words(new)
    segments: list[Segment] = []
    if max(len(before), len(after)) > MAX_WORDS:
        _add(segments, Change.REMOVED, old)
        _add(segments, Change.ADDED, new)
        return Block(change=Change.CHANGED, segments=segments)
    for kept, i1, i2, j1, j2 in _runs(before, after):
        if kept:
            _add(segments, Change.SAME, "".join(after[j1:j2]))
        else:
            _add(segments, Change.REMOVED, "".join(before[i1:i2]))
            _add(segments, Change.ADDED, "".join(after[j1:j2]))
    return Block(change=Change.CHANGED, segments=segments)


def _runs(before: Sequence[str], after: Sequence[str]) -> list[tuple[bool, int, int, int, int]]:
    runs: list[tuple[bool, int, int, int, int]] = []
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (tag, i1, i2, j1, j2) in enumerate(opcodes):
        inner = 0 < number < len(opcodes) - 1
        kept = tag == "equal" and not (inner and i2 - i1 < MIN_KEPT_WORDS)
        if runs and not kept and not runs[-1][0]:
            _, begin_old, _, begin_new, _ = runs.pop()
            runs.append((False, begin_old, i2, begin_new, j2))
        else:
            runs.append((kept, i1, i2, j1, j2))
    return runs


def _add(segments: list[Segment], change: Change, text: str) -> None:
    if text:
        segments.append(Segment(change=change, text=text))
