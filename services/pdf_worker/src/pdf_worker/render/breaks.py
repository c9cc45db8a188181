"""Where a line may end inside a word, in any script."""

import re
from collections.abc import Sequence
from functools import lru_cache

from icu4py.breakers import CharacterBreaker, LineBreaker

_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_PLAIN_WORD = re.compile(r"""[("'\[]*(?:[A-Za-z]+|\d+)[)"'\].,;:!?]*""")
_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 64


def breaks_inside(word: str, language: str) -> Sequence[int]:
    """Return the offsets inside `word`, which has no white space, before which a line may begin, by UAX #14.

    Thai, Lao, Khmer and Burmese words are found with dictionaries; Chinese and Japanese follow the strict
    rules for punctuation and small kana; Korean breaks between words.
    """
    if _PLAIN_WORD.fullmatch(word):
        return ()
    return _known(word, language) if len(word) <= _LONGEST_REMEMBERED else _found(word, language)


@lru_cache(_REMEMBERED)
def _known(word: str, language: str) -> Sequence[int]:
    return _found(word, language)


def _found(word: str, language: str) -> Sequence[int]:
    korean = _HANGUL.search(word) is not None
    offsets = []
    offset = 0
    for part in LineBreaker(word, _locale(language)):
        offset += len(part)
        if offset < len(word) and not (korean and _inside_korean_word(word, offset)):
            offsets.append(offset)
    return tuple(offsets)


def graphemes(text: str) -> list[str]:
    """Split text into what a reader takes for characters."""
    return list(text) if text.isascii() else list(CharacterBreaker(text, "en"))


def _locale(language: str) -> str:
    return f"{language or 'en'}@lb=strict"


def _inside_korean_word(text: str, offset: int) -> bool:
    before, after = text[offset - 1], text[offset]
    korean = _HANGUL.match(before) or _HANGUL.match(after)
    return bool(korean) and before.isalnum() and after.isalnum()
