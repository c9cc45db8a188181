"""Where a line may end, in any script."""

import re
from collections.abc import Iterator

from icu4py.breakers import CharacterBreaker, LineBreaker

_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")


def break_offsets(text: str, language: str) -> Iterator[int]:
    """Yield the offsets inside `text` before which a line may begin, by UAX #14.

    Thai, Lao, Khmer and Burmese words are found with dictionaries; Chinese and Japanese follow the strict
    rules for punctuation and small kana; Korean breaks between words.
    """
    korean = _HANGUL.search(text) is not None
    offset = 0
    for part in LineBreaker(text, _locale(language)):
        offset += len(part)
        if offset < len(text) and not (korean and _inside_korean_word(text, offset)):
            yield offset


def graphemes(text: str) -> list[str]:
    """Split text into what a reader takes for characters."""
    return list(text) if text.isascii() else list(CharacterBreaker(text, "en"))


def _locale(language: str) -> str:
    return f"{language or 'en'}@lb=strict"


def _inside_korean_word(text: str, offset: int) -> bool:
    before, after = text[offset - 1], text[offset]
    korean = _HANGUL.match(before) or _HANGUL.match(after)
    return bool(korean) and before.isalnum() and after.isalnum()
