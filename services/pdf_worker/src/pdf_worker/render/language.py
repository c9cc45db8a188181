"""Which language a report is in, as far as its letters and its smallest words tell."""

import re
from collections import Counter

from pdf_worker.render.scripts import EAST_ASIAN, east_asian_language

_SAMPLE = 20_000
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ENOUGH = 0.2
_SCRIPTS = tuple(
    (language, re.compile(f"[{letters}]"))
    for language, letters in {
        "ar": "\u0600-\u06ff",
        "he": "\u0590-\u05ff",
        "hi": "\u0900-\u097f",
        "bn": "\u0980-\u09ff",
        "pa": "\u0a00-\u0a7f",
        "gu": "\u0a80-\u0aff",
        "or": "\u0b00-\u0b7f",
        "ta": "\u0b80-\u0bff",
        "te": "\u0c00-\u0c7f",
        "kn": "\u0c80-\u0cff",
        "ml": "\u0d00-\u0d7f",
        "si": "\u0d80-\u0dff",
        "th": "\u0e00-\u0e7f",
        "lo": "\u0e80-\u0eff",
        "my": "\u1000-\u109f",
        "ka": "\u10a0-\u10ff",
        "am": "\u1200-\u137f",
        "km": "\u1780-\u17ff",
        "hy": "\u0530-\u058f",
        "el": "\u0370-\u03ff",
        "ru": "\u0400-\u04ff",
    }.items()
)
_PERSIAN = re.compile("[\u067e\u0686\u0698\u06af\u06a9\u06cc]")
_URDU = re.compile("[\u0679\u0688\u0691\u06ba\u06be\u06c1\u06d2]")
_ARABIC = re.compile("[\u0643\u0649\u064a\u0629]")
_WORDS = {
    "en": "the of and to in is that for with are on as this from",
    "de": "der die das und ist nicht mit von für auf den ein eine dem wird",
    "fr": "le la les des est et une dans pour que par sur du avec sont",
    "es": "el los las una que por con para del es se su más como entre",
    "it": "il gli che di una per con del della sono nel più anche delle",
    "pt": "os uma que não para com dos das em mais pelo são ao também",
    "nl": "de het een van en is dat op te zijn voor met niet worden",
    "vi": "và của là các trong được cho có một với không những",
}
_SMALL_WORDS = {word: language for language, words in _WORDS.items() for word in words.split()}


def language_of(text: str) -> str:
    """Return a BCP 47 tag; English when nothing tells."""
    sample = text[:_SAMPLE]
    own = "".join(_NOT_ASCII.findall(sample))
    if own and (found := _by_script(own, sample)):
        return found
    words = Counter(_SMALL_WORDS[word] for word in re.findall(r"\w+", sample.lower()) if word in _SMALL_WORDS)
    return words.most_common(1)[0][0] if words else "en"


def _by_script(own: str, sample: str) -> str:
    """Return the language that the letters of a sample tell; `own` are those beyond ASCII."""
    letters = max(1, sum(map(str.isalpha, sample)))
    east_asian = east_asian_language(own)
    if east_asian and len(EAST_ASIAN.findall(own)) / letters > _ENOUGH:
        return east_asian
    for language, script in _SCRIPTS:
        if len(script.findall(own)) / letters > _ENOUGH:
            return _in_arabic_letters(own) if language == "ar" else language
    return ""


def _in_arabic_letters(text: str) -> str:
    """Tell Arabic from Persian and Urdu by the letters that it lacks."""
    if len(_PERSIAN.findall(text)) <= len(_ARABIC.findall(text)):
        return "ar"
    return "ur" if 5 * len(_URDU.findall(text)) > len(_PERSIAN.findall(text)) else "fa"
