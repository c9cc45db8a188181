"""Takes from an answer what is not the report, while the answer is still arriving."""

import codecs
import re

_OPEN, _CLOSE = "<think>", "</think>"
# A report wrapped as one block of Markdown code: the wrapping is not part of it. No opening line that is
# taken for one is longer than what is held back of an answer's beginning.
_OPENING_FENCE = re.compile(r"(?P<fence>`{3,6}|~{3,6})(?:markdown|md)[ \t]{0,8}\n", re.IGNORECASE)
_OPENING_LINE_MAX_CHARACTERS = 24


class CharacterJoiner:
    """Puts characters together that arrive in halves, as from a server that cuts its text as UTF-16.

    What is left of half a character cannot be stored nor sent: it becomes U+FFFD.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16-le")(errors="replace")

    def feed(self, text: str) -> str:
        """Take the next piece; return the characters that are complete."""
        return self._decoder.decode(text.encode("utf-16-le", "surrogatepass"))

    def finish(self) -> str:
        """Return what is left of a character that never became complete."""
        return self._decoder.decode(b"", final=True)


class ThoughtFilter:
    """Drops `<think>…</think>` blocks; one that is never closed reaches to the end."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False

    def feed(self, text: str) -> str:
        """Take the next piece; return what is certain to be outside a block."""
        self._held += text
        kept: list[str] = []
        while True:
            tag = _CLOSE if self._thinking else _OPEN
            before, found, after = self._held.partition(tag)
            if not found:
                break
            if not self._thinking:
                kept.append(before)
            self._thinking = not self._thinking
            self._held = after
        certain = len(self._held) - _overlap(self._held, tag)
        if not self._thinking:
            kept.append(self._held[:certain])
        self._held = self._held[certain:]
        return "".join(kept)

    def finish(self) -> str:
        """Return what was held back because it might have become a tag."""
        return "" if self._thinking else self._held


class AnswerCleaner:
    """Turns pieces of an answer into pieces of the report; `text` is all that was given out so far.

    Drops thoughts, blank space before the first word, and the fence of an answer that is one Markdown block.
    """

    def __init__(self) -> None:
        self._characters = CharacterJoiner()
        self._thoughts = ThoughtFilter()
        self._opening: str | None = ""
        self._fence: str | None = None
        self.text = ""

    def feed(self, piece: str) -> str:
        """Take the next piece; return the report's text that has become certain, perhaps none."""
        text = self._thoughts.feed(self._characters.feed(piece))
        return self._give(self._open(text, last=False))

    def finish(self) -> str:
        """Return the rest; afterwards `report` is complete."""
        text = self._thoughts.feed(self._characters.finish()) + self._thoughts.finish()
        return self._give(self._open(text, last=True))

    @property
    def report(self) -> str:
        """The report so far, without the closing fence and with one line break at the end; empty if blank."""
        text = self.text.rstrip()
        if self._fence is not None and text.endswith("\n" + self._fence):
            text = text.removesuffix(self._fence).rstrip()
        return text + "\n" if text else ""

    def _give(self, text: str) -> str:
        self.text += text
        return text

    def _open(self, text: str, *, last: bool) -> str:
        if self._opening is None:
            return text
        opening = (self._opening + text).lstrip()
        may_be_fence = not opening or (
            opening[0] in "`~" and "\n" not in opening and len(opening) <= _OPENING_LINE_MAX_CHARACTERS
        )
        if may_be_fence and not last:
            self._opening = opening
            return ""
        self._opening = None
        if fence := _OPENING_FENCE.match(opening):
            self._fence = fence["fence"]
            return opening[fence.end() :]
        return opening


def _overlap(text: str, tag: str) -> int:
    """Return the length of the longest end of `text` that is a beginning of `tag`."""
    return next((size for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), 0)
