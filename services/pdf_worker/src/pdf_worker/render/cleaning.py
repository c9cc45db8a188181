"""Characters that cannot be printed never get past this module."""

import unicodedata

_REPLACEMENT = 0xFFFD
_INVISIBLE = (
    *(0x00AD, 0x061C, 0x180E, 0xFEFF),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xE0000, 0xE0200),
)
_TABLE: dict[int, int | str | None] = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], _REPLACEMENT),
    **dict.fromkeys([0x0B, 0x0C], " "),
    **dict.fromkeys([0x85, 0x2028, 0x2029], "\n"),
    **dict.fromkeys(_INVISIBLE, None),
    0x09: "\t",
    0x0A: "\n",
}


def clean(text: str) -> str:
    """Make any string printable: valid Unicode in NFC, line feeds only, U+FFFD for control characters.

    Formatting characters without a shape of their own (zero-width, direction marks, soft hyphens,
    variation selectors) are dropped. Surrogate pairs are joined, lone surrogates become U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    valid = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    unix = valid.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", unix.translate(_TABLE))


def one_line(text: str) -> str:
    """`clean`, with every run of white space as one space."""
    return " ".join(clean(text).split())
