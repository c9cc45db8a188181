"""Characters that cannot be printed never get past this module."""

import re
import unicodedata

_REPLACEMENT = 0xFFFD
_INVISIBLE = (0x00AD, 0x180E, 0xFEFF, *range(0x202A, 0x202F), *range(0x2061, 0x2066), *range(0x206A, 0x2070))
_MEANINGLESS_JOINER = re.compile(
    "(?:^|(?<=[\x00-\u058f]))[\u200c\u200d\ufe00-\ufe0f\U000e0000-\U000e01ff]+(?!\u20e3)"
)
_TABLE: dict[int, int | str | None] = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], None),
    **{code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)},
    0x00: _REPLACEMENT,
    **dict.fromkeys([0x0B, 0x0C], " "),
    **dict.fromkeys([0x85, 0x2028, 0x2029], "\n"),
    **dict.fromkeys(_INVISIBLE, None),
    0x09: "\t",
    0x0A: "\n",
}


def clean(text: str) -> str:
    """Make any string printable: valid Unicode in NFC, line feeds only, without control characters.

    Those of Windows' Latin alphabet, which text that was decoded wrongly has, become what they stand for.
    Characters without a shape of their own are dropped unless they guide how others are set: places to break
    a line, direction marks and isolates, and joiners and variation selectors beside what they can change.
    Overrides of direction are dropped, because text that is shown in another order than read misleads.
    Surrogate pairs are joined; lone surrogates and U+0000 become U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    valid = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    unix = valid.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _MEANINGLESS_JOINER.sub("", unix.translate(_TABLE)))


def one_line(text: str) -> str:
    """`clean`, with every run of white space as one space."""
    return " ".join(clean(text).split())
