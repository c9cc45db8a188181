"""Ordinary characters that stand for what no font has, where they mean the same."""

import re
import unicodedata

_DELIMITERS = {"\ue200": "[", "\ue201": "]", "\ue202": " "}
"""What some chat services put around citations in the text that they hand out."""

_SYMBOL_FONTS = dict(
    zip(
        "\uf02b\uf02d\uf03c\uf03d\uf03e\uf044\uf061\uf062\uf067\uf06c\uf06d\uf06e\uf06f\uf070\uf071\uf073\uf075"
        "\uf076\uf0a1\uf0a3\uf0a7\uf0a8\uf0ab\uf0b0\uf0b1\uf0b3\uf0b4\uf0b7\uf0d7\uf0d8\uf0e0\uf0fb\uf0fc\uf0fd"
        "\uf0fe",
        "+−<=>Δαβγ●μ■□π❑σ◆❖○≤▪□★°±≥×•⋅➢→✗✓☒☑",  # noqa: RUF001 - signs
        strict=True,
    )
)
"""Codes of symbol fonts that text copied from word processors brings along."""

_NAMED = [
    (re.compile(pattern), sign)
    for pattern, sign in {
        r"LEFT RIGHT.* ARROW": "↔",
        r"UP DOWN.* ARROW": "↕",
        r"NORTH WEST.* ARROW": "↖",
        r"NORTH EAST.* ARROW": "↗",
        r"SOUTH EAST.* ARROW": "↘",
        r"SOUTH WEST.* ARROW": "↙",
        r"RIGHTWARDS?\b.* (ARROW|ARROWHEAD)": "→",
        r"LEFTWARDS?\b.* (ARROW|ARROWHEAD)": "←",
        r"UPWARDS?\b.* (ARROW|ARROWHEAD)": "↑",
        r"DOWNWARDS?\b.* (ARROW|ARROWHEAD)": "↓",
        r"BALLOT BOX WITH.* CHECK": "☑",
        r"BALLOT BOX WITH": "☒",
        r"CHECK MARK": "✓",
        r"CANCELLATION X|SALTIRE|BALLOT (SCRIPT )?X": "✕",
        r"INFORMATION SOURCE": "ⓘ",
        r"RIGHT-POINTING": "▶",
        r"LEFT-POINTING": "◀",
        r"UP-POINTING": "▲",
        r"DOWN-POINTING": "▼",
        r"BLACK.* CIRCLE": "●",
        r"\bCIRCLE\b": "○",
        r"BLACK.* SQUARE": "■",
        r"\bSQUARE\b": "□",
        r"DIAMOND|LOZENGE": "◆",
        r"\bSTAR\b|ASTERISK|SPOKED": "✱",
    }.items()
]


def likeness(text: str) -> str:
    """Return what may be drawn in the place of `text`; `text` itself when nothing is like it."""
    known = _DELIMITERS.get(text) or _SYMBOL_FONTS.get(text)
    if known:
        return known
    if unicodedata.category(text[0]) == "Zs":
        return " "
    plain = unicodedata.normalize("NFKC", text)
    if plain == text and unicodedata.category(text[0]) in {"So", "Sm"}:
        name = unicodedata.name(text[0], "")
        return next((sign for pattern, sign in _NAMED if pattern.search(name)), text)
    return plain
