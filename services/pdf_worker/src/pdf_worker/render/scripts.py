"""What the letters of a paragraph say about the shapes and the direction that it is set in."""

import re

from pdf_worker.render.bidi import first_strong, has_rtl
from pdf_worker.theme import reads_right_to_left

EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u3041-\u3096\u30a1-\u30fa\u3131-\u318e\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\uff66-\uff9d\U00020000-\U0003ffff]"
)
"""Ideographs, kana and hangul."""

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def text_language(text: str, document: str) -> str:
    """Return the language that a paragraph's letters are shaped for, inside a document in another."""
    if text.isascii() or not EAST_ASIAN.search(text):
        return document
    if document[:2] in ("zh", "ja", "ko") and not (_KANA.search(text) or _HANGUL.search(text)):
        return document  # ideographs alone do not tell one language of them from another
    own = east_asian_language(text)
    return document if own.startswith("zh") and document[:2] in ("zh", "ja", "ko") else own


def starts_right(text: str, language: str) -> bool:
    """Whether a paragraph runs from right to left.

    In a right-to-left document every paragraph with some such text does, even one that begins with a
    Latin name, and so does one without letters; elsewhere the first letter decides.
    """
    if reads_right_to_left(language):
        return has_rtl(text) or first_strong(text) is None
    return bool(first_strong(text))


def east_asian_language(text: str) -> str:
    """Return zh-Hans, zh-Hant, ja or ko for text in those scripts, else an empty string."""
    han, kana, hangul = len(_HAN.findall(text)), len(_KANA.findall(text)), len(_HANGUL.findall(text))
    if hangul > han + kana:
        return "ko"
    if kana and kana > 0.05 * han:
        return "ja"
    return _chinese(text) if han else ""


def _chinese(text: str) -> str:
    """Compare by what the national character sets of before Unicode hold: each lacks the other's shapes."""
    simplified = traditional = 0
    for character in set(_HAN.findall(text)):
        in_mainland_set, in_taiwan_set = (_encodes(character, name) for name in ("gb2312", "big5"))
        simplified += in_mainland_set and not in_taiwan_set
        traditional += in_taiwan_set and not in_mainland_set
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
