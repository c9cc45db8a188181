"""LaTeX as text: formulas become runs with raised and lowered letters, Greek and operators."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from xml.etree import ElementTree as ET

from latex2mathml.converter import convert

from pdf_worker.render.blocks import Run, RunStyle

_MAX_LENGTH = 4000
_MAX_DEPTH = 60
_ACCENTS = {
    **dict.fromkeys(["^", "\u02c6", "\u0302"], "\u0302"),
    **dict.fromkeys(["~", "\u02dc", "\u0303"], "\u0303"),
    **dict.fromkeys(["\u00af", "\u203e", "\u2015", "_"], "\u0304"),
    **dict.fromkeys(["\u2192", "\u20d7"], "\u20d7"),
    "\u02d9": "\u0307",
    "\u00a8": "\u0308",
    "\u02c7": "\u030c",
}
_SPACED = frozenset(
    "=<>\u2264\u2265\u2260\u2248\u2261\u223c\u2243\u221d\u2192\u21d2\u2194\u21d4\u2208\u2209"
    "\u2282\u2286\u222a\u2229\u00b1\u00d7\u22c5\u2192\u27f9\u27fa\u2190\u21a6:\u2254\u2223\u226a\u226b"
)
_MARKS = {0: "", 1: "^", -1: "_"}
_SIGNS = frozenset("+\u2212-")
_INVISIBLE = frozenset("\u2061\u2062\u2063\u2064\u23de\u23df")
_TAG = re.compile(r"\\tag\*?\{([^{}]*)\}")
_AFTER_NAME = re.compile(r"(?<=[a-z]{2}) (?=[(\[{])")
_UNSUPPORTED = re.compile(
    r"\\label\{[^{}]*\}|\\(?:nonumber|notag|displaystyle|textstyle|limits|nolimits)(?![A-Za-z])"
)
_ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|alignedat|split|gathered|eqnarray\*?|flalign\*?)\}")
_DEGREES = re.compile(r"\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![A-Za-z]))")
_CHEMISTRY = re.compile(r"\\ce\{([^{}]*)\}")
_SIZES = re.compile(r"\\(?:big|Big|bigg|Bigg)[lrm]?(?![A-Za-z])")
_COMMAND_LEFT = re.compile(r"\\[A-Za-z]+")


def prepared(latex: str) -> str:
    """Take out of a formula what only matters to LaTeX."""
    text = _SIZES.sub("", _UNSUPPORTED.sub("", _TAG.sub(r"\\qquad (\1)", latex)))
    text = _CHEMISTRY.sub(_as_formula, _DEGREES.sub("\N{DEGREE SIGN}", text))
    text = text.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac").replace("\\cfrac", "\\frac")
    return re.sub(r"\\(?:mathchoice|phantom|vphantom|hphantom)\{[^{}]*\}", "", text).strip()


def _as_formula(chemistry: re.Match[str]) -> str:
    counted = re.sub(r"(?<=[A-Za-z)])(\d+)", r"_{\1}", chemistry.group(1))
    return f"\\mathrm{{{counted.replace('->', chr(92) + 'rightarrow ')}}}"


def formula_runs(latex: str, style: RunStyle) -> list[Run]:
    """Set a formula in a line; empty when it cannot be read as one."""
    try:
        pieces = _pieces(latex)
    except Exception:  # noqa: BLE001 - the converter raises anything on broken LaTeX
        return []
    return [
        Run(text, replace(style, rise=rise or style.rise, italic=italic or style.italic))
        for text, rise, italic in pieces
    ]


def formula_text(latex: str) -> str:
    """Return a formula as plain text, with `^` and `_` where letters are raised and lowered."""
    try:
        pieces = _pieces(latex)
    except Exception:  # noqa: BLE001 - as above
        return latex
    joined: list[tuple[str, int]] = []
    for piece, rise, _ in pieces:
        if joined and joined[-1][1] == rise:
            joined[-1] = (joined[-1][0] + piece, rise)
        else:
            joined.append((piece, rise))
    return "".join(_MARKS[rise] + (_bracketed(text) if rise else text) for text, rise in joined)


def _bracketed(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() else f"({text})"


@lru_cache(maxsize=512)
def _pieces(latex: str) -> tuple[tuple[str, int, bool], ...]:
    """Return (text, rise, italic) of the parts of a formula."""
    if len(latex) > _MAX_LENGTH:
        raise ValueError("too long for a formula")
    source = _ALIGNED.sub(r"\\\1{align*}", prepared(latex))
    root = ET.fromstring(convert(source))  # noqa: S314 - our own converter wrote it
    merged: list[tuple[str, int, bool]] = []
    for text, rise, italic in _walk(root, 0, 0):
        if merged and merged[-1][1:] == (rise, italic):
            merged[-1] = (merged[-1][0] + text, rise, italic)
        else:
            merged.append((text, rise, italic))
    merged = [
        (_AFTER_NAME.sub("", re.sub(r" {2,}", " ", text)), rise, italic) for text, rise, italic in merged
    ]
    if not any(text.strip() for text, _, _ in merged):
        raise ValueError("nothing to print")
    return tuple(merged)


_Piece = tuple[str, int, bool]


def _walk(  # noqa: C901, PLR0912 - one case for each element of MathML
    node: ET.Element, rise: int, depth: int
) -> Iterator[_Piece]:
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deeply")
    tag = node.tag.rsplit("}", 1)[-1]
    children = list(node)
    match tag:
        case "mi" | "mn" | "mo" | "mtext" | "ms":
            yield from _token(node, tag, rise)
        case "mspace":
            yield " ", rise, False
        case "mfrac":
            yield from _fraction(children, rise, depth)
        case "msqrt" | "mroot":
            if tag == "mroot" and len(children) > 1:
                yield from _walk(children[1], 1, depth + 1)
            yield "\u221a", rise, False
            yield from _grouped(children[:1] if tag == "mroot" else children, rise, depth)
        case "msup" | "msub" | "msubsup" | "munder" | "mover" | "munderover":
            yield from _scripts(tag, children, rise, depth)
        case "mtable":
            for number, row in enumerate(children):
                yield ("; " if number else ""), rise, False
                for column, cell in enumerate(row):
                    yield (" " if column else ""), rise, False
                    yield from _walk(cell, rise, depth + 1)
        case "annotation":
            return
        case _:
            for child in children:
                yield from _walk(child, rise, depth + 1)


def _token(node: ET.Element, tag: str, rise: int) -> Iterator[_Piece]:
    text = "".join(character for character in node.text or "" if character not in _INVISIBLE)
    if _COMMAND_LEFT.match(text):
        text = text.removeprefix("\\")
    if tag == "mo" and text in _SPACED and not rise:
        text = f" {text} "
    elif tag == "mo" and text in _SIGNS and not rise:
        sign = "\u2212" if text == "-" else text
        text = sign if node.get("form") == "prefix" else f" {sign} "
    elif tag == "mo" and text == ",":
        text = ", "
    elif tag == "mi" and len(text) > 1 and text.isascii() and text.isalpha():
        text = f"{text} "
    italic = tag == "mi" and len(text) == 1 and node.get("mathvariant") != "normal" and not text.isdigit()
    yield text, rise, italic


def _fraction(children: Sequence[ET.Element], rise: int, depth: int) -> Iterator[_Piece]:
    if len(children) != 2:
        raise ValueError("a fraction has two parts")
    yield from _grouped(children[:1], rise, depth)
    yield "/", rise, False
    yield from _grouped(children[1:], rise, depth)


def _grouped(children: Sequence[ET.Element], rise: int, depth: int) -> Iterator[_Piece]:
    """Put brackets around what is more than one term."""
    pieces = [piece for child in children for piece in _walk(child, rise, depth + 1)]
    flat = "".join(text for text, _, _ in pieces).strip()
    simple = (
        len(flat) <= 1
        or flat.isalnum()
        or (flat.startswith("(") and flat.endswith(")") and flat.count("(") == 1)
    )
    if simple or (all(piece[1] == rise and piece[0].isalnum() for piece in pieces[:1]) and len(flat) <= 2):
        yield from pieces
        return
    yield "(", rise, False
    yield from pieces
    yield ")", rise, False


def _scripts(tag: str, children: Sequence[ET.Element], rise: int, depth: int) -> Iterator[_Piece]:
    base, *others = children
    flat = "".join(others[0].itertext()).strip() if others else ""
    if tag == "mover" and flat in _ACCENTS:
        pieces = list(_walk(base, rise, depth + 1))
        if pieces and len("".join(text for text, _, _ in pieces)) == 1:
            yield pieces[0][0] + _ACCENTS[flat], rise, pieces[0][2]
            return
    yield from _walk(base, rise, depth + 1)
    directions = {"msup": (1,), "mover": (1,), "msub": (-1,), "munder": (-1,)}.get(tag, (-1, 1))
    for direction, script in zip(directions, others, strict=False):
        pieces = list(_walk(script, direction, depth + 1))
        if not rise:
            yield from pieces
        else:
            text = "".join(text for text, _, _ in pieces)
            yield ("^" if direction > 0 else "_") + (text if len(text) == 1 else f"({text})"), rise, False
