"""Which installed font file sets which text.

Every file has TrueType outlines. Variable ones are used, and embedded, at the weight of the cut.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cut:
    """Which member of the type family a run is set in."""

    mono: bool = False
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font inside an installed package; `path` is relative to the package.

    `weights` are the regular and the bold position on the weight axis of a variable font.
    """

    package: str
    path: str
    weights: tuple[int, int] | None = None


_REGULAR, _BOLD = 400, 620
_WEIGHTS = (_REGULAR, _BOLD)
_FIRA = "fontpkg_fira_sans"
_PLEX = "fontpkg_ibm_plex_mono"
_NOTO = "manimgx_fonts"
_CJK = "justmytype_intl_cjk"

TEXT_FILES: Mapping[Cut, FontFile] = {
    Cut(): FontFile(_FIRA, "files/FiraSans-Regular.ttf"),
    Cut(italic=True): FontFile(_FIRA, "files/FiraSans-Italic.ttf"),
    Cut(bold=True): FontFile(_FIRA, "files/FiraSans-SemiBold.ttf"),
    Cut(bold=True, italic=True): FontFile(_FIRA, "files/FiraSans-SemiBoldItalic.ttf"),
    Cut(mono=True): FontFile(_PLEX, "files/IBMPlexMono-Regular.ttf"),
    Cut(mono=True, italic=True): FontFile(_PLEX, "files/IBMPlexMono-Italic.ttf"),
    Cut(mono=True, bold=True): FontFile(_PLEX, "files/IBMPlexMono-SemiBold.ttf"),
    Cut(mono=True, bold=True, italic=True): FontFile(_PLEX, "files/IBMPlexMono-SemiBoldItalic.ttf"),
}


def _noto(name: str) -> FontFile:
    return FontFile(_NOTO, f"{name}[wght].ttf", _WEIGHTS)


def _cjk(code: str) -> FontFile:
    return FontFile(_CJK, f"fonts/ofl/notosans{code.lower()}/NotoSans{code}[wght].ttf", _WEIGHTS)


BROAD_FILES: Mapping[bool, FontFile] = {False: _noto("NotoSans"), True: _noto("NotoSans-Italic")}
"""Latin, Greek and Cyrillic letters that the text faces lack, upright and italic."""

SCRIPT_FILES: Mapping[str, FontFile] = {
    script: _noto(f"NotoSans{name}")
    for script, name in {
        "Arab": "Arabic",
        "Armn": "Armenian",
        "Beng": "Bengali",
        "Deva": "Devanagari",
        "Ethi": "Ethiopic",
        "Geor": "Georgian",
        "Gujr": "Gujarati",
        "Guru": "Gurmukhi",
        "Hebr": "Hebrew",
        "Khmr": "Khmer",
        "Knda": "Kannada",
        "Laoo": "Lao",
        "Mlym": "Malayalam",
        "Mymr": "Myanmar",
        "Orya": "Oriya",
        "Sinh": "Sinhala",
        "Taml": "Tamil",
        "Telu": "Telugu",
        "Thai": "Thai",
    }.items()
}
"""By ISO 15924 code."""

_CJK_FILES = {code: _cjk(code) for code in ("SC", "TC", "JP", "KR")}
_CJK_ORDER: Mapping[str, str] = {"zh-Hant": "TC SC JP KR", "ja": "JP SC TC KR", "ko": "KR SC TC JP"}

EMOJI_FILE = _noto("NotoEmoji")
SYMBOL_FILES: Sequence[FontFile] = (
    FontFile("ziafont", "fonts/DejaVuSans.ttf"),
    FontFile("ziamath", "fonts/STIXTwoMath-Regular.ttf"),
    _noto("NotoSansSymbols"),
    EMOJI_FILE,
)


def cjk_files(language: str) -> list[FontFile]:
    """Return the East Asian fonts for a language, the one with its shapes first."""
    return [_CJK_FILES[code] for code in _CJK_ORDER.get(language, "SC TC JP KR").split()]


def all_files() -> list[FontFile]:
    """Return every font that may be used."""
    return [
        *TEXT_FILES.values(),
        *BROAD_FILES.values(),
        *SCRIPT_FILES.values(),
        *_CJK_FILES.values(),
        *SYMBOL_FILES,
    ]
