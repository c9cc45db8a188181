"""Which language a report is in, as far as its letters and its smallest words tell."""

import re
from collections import Counter

_SAMPLE = 20_000
_ENOUGH = 0.2
_SCRIPTS = (
    ("ko", re.compile(r"[\uac00-\ud7a3]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
_KANA = re.compile(r"[\u3040-\u30ff]")
_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")
_TRADITIONAL = re.compile(
    r"[們這個來時會對於國過還後為說與發學實現動經關開問機應點無種體從樣當並變總條論數處據]"
)
_SIMPLIFIED = re.compile(
    r"[们这个来时会对于国过还后为说与发学实现动经关开问机应点无种体从样当并变总条论数处据]"
)
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
    letters = max(1, sum(character.isalpha() for character in sample))
    ideographs, kana = len(_IDEOGRAPH.findall(sample)), len(_KANA.findall(sample))
    if (ideographs + kana) / letters > _ENOUGH:
        if kana > 0.15 * (ideographs + kana):
            return "ja"
        traditional = len(_TRADITIONAL.findall(sample)) > len(_SIMPLIFIED.findall(sample))
        return "zh-Hant" if traditional else "zh-Hans"
    for language, script in _SCRIPTS:
        if len(script.findall(sample)) / letters > _ENOUGH:
            return language
    words = Counter(_SMALL_WORDS[word] for word in re.findall(r"\w+", sample.lower()) if word in _SMALL_WORDS)
    return words.most_common(1)[0][0] if words else "en"
