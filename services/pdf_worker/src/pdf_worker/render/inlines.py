"""Inline Markdown tokens to runs."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from markdown_it.token import Token

from pdf_worker.render.blocks import Picture, Run, RunStyle, plain_text
from pdf_worker.render.cleaning import clean
from pdf_worker.render.images import fits_line, read_picture
from pdf_worker.render.latex import formula_runs
from pdf_worker.render.link_targets import linked, safe_link
from pdf_worker.render.notes import Notes
from pdf_worker.render.open_tags import OpenTags

_OPENING: dict[str, Callable[[RunStyle], RunStyle]] = {
    "strong": lambda style: replace(style, bold=True),
    "em": lambda style: replace(style, italic=True),
    "s": lambda style: replace(style, strike=True),
}
_LINE_ENDS = frozenset({"softbreak", "hardbreak"})
_WORDLESS = frozenset({"image", "html_image", "html_tag"})
_SOURCE_LINE = re.compile(r"[\[\u3010]\^?\d{1,3}[\]\u3011][:.]?(?:\s|$)|\[\d{1,3}\]$|\u3010\d{1,3}\u3011")
_MISSING_NOTE = re.compile(r"\[\^(\d{1,3})\]")
"""A note that is nowhere written: a citation to whoever reads it."""
_ITEM_LINE = re.compile(
    r"[\u2022\u25cf\u25aa\u25e6\u2023\u25ba\u2713\u2714\u2705\u274c\u00b7]\s*\S|[\u2013\u2014]\s\S"
    r"|[\u2460-\u2473]|\d{1,2}\u3001|\(\d{1,2}\)\s|\uff08\d{1,2}\uff09|[a-z]\)\s"
    r"|[\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341]{1,3}\u3001"
    r"|\uff08[\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341]{1,3}\uff09"
)
"""Lines that are items of a list to whoever reads them, though not in Markdown."""


class InlineReader:
    """Reads the inline tokens of one document; `notes` are its footnotes, `images` as `parse` takes them."""

    def __init__(self, notes: Notes, images: Mapping[str, bytes]) -> None:
        self.notes = notes
        self._images = images

    def runs(self, tokens: Sequence[Token]) -> list[Run]:
        """Flatten the children of an inline token; formatting nests, an unknown token keeps its text."""
        runs: list[Run] = []
        styles = [RunStyle()]
        tags = OpenTags.of(tokens)
        for position, token in enumerate(tokens):
            style = tags.apply(styles[-1])
            if token.type == "html_tag":
                runs.append(Run(tags.follow(token, position), style))
            elif token.nesting == 1:
                styles.append(_opened(token, styles[-1], tokens[position + 1 : position + 3]))
            elif token.nesting == -1:
                if len(styles) > 1:
                    styles.pop()
            elif token.type == "softbreak":
                runs.append(Run(_soft_break(tokens, position), style))
            else:
                runs.extend(self._leaf(token, style))
        return _without_edge_breaks([run for run in runs if run.text])

    def description(self, token: Token) -> str:
        """Return the text that stands for a picture."""
        if token.type == "html_image":
            return clean(token.content)
        return plain_text(self.runs(token.children or ()))

    def figure(self, token: Token, *, among_words: bool) -> Picture | None:
        """Return a picture that stands on its own, None for what is part of a line."""
        picture = self._picture(token)
        in_line = picture and among_words and fits_line(picture) and not token.attrs.get("title")
        return None if in_line else picture

    def _picture(self, token: Token) -> Picture | None:
        """Return a picture that is at hand, None for any other; once, for there may be others in its name."""
        if "picture" not in token.meta:
            caption = str(token.attrs.get("title", "")) or self.description(token)
            source = str(token.attrs.get("src", ""))
            token.meta["picture"] = read_picture(source, clean(caption), self._images)
        picture: Picture | None = token.meta["picture"]
        return picture

    def _leaf(self, token: Token, style: RunStyle) -> Sequence[Run]:  # noqa: PLR0911 - one for each kind
        match token.type:
            case "hardbreak":
                return [Run("\n", style)]
            case "code_inline":
                return [Run(clean(token.content).replace("\n", " "), replace(style, code=True))]
            case "image" | "html_image":
                return [self._image(token, style)]
            case "math_inline":
                return formula_runs(clean(token.content), style) or [
                    Run(clean(token.content), replace(style, code=True))
                ]
            case "script":
                return [Run(token.content, replace(style, rise=int(token.meta["rise"])))]
            case "footnote_ref":
                return [self.notes.reference(token)]
            case _:
                text = _MISSING_NOTE.sub(r"[\1]", clean(token.content).replace("\n", " "))
                return [Run(f"[{text}]" if token.meta.get("citation") else text, style)]

    def _image(self, token: Token, style: RunStyle) -> Run:
        """Pictures are never fetched: the description stands for the picture and links to it."""
        picture = self._picture(token)
        if picture and fits_line(picture):
            return Run("\N{OBJECT REPLACEMENT CHARACTER}", replace(style, picture=picture))
        source = str(token.attrs.get("src", ""))
        name = self.description(token) or ("" if source.startswith("data:") else clean(source))
        return Run(name, replace(style, italic=True, link=style.link or safe_link(source)))


def among_words(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the positions of the tokens in whose line, as it was written, there are words."""
    line: list[int] = []
    for position, token in enumerate(tokens):
        line.append(position)
        if position + 1 < len(tokens) and token.type not in _LINE_ENDS:
            continue
        if any(_is_word(tokens[at]) for at in line):
            yield from line
        line = []


def _is_word(token: Token) -> bool:
    return token.type not in _WORDLESS and any(character.isalnum() for character in token.content)


def _opened(token: Token, outer: RunStyle, inside: Sequence[Token]) -> RunStyle:
    if token.type != "link_open":
        change = _OPENING.get(token.type.removesuffix("_open"))
        return change(outer) if change else outer
    label = str(token.meta.get("label", ""))
    if (
        label.isdecimal()
        and [t.type for t in inside] == ["text", "link_close"]
        and inside[0].content == label
    ):
        token.meta["citation"] = inside[0].meta["citation"] = True
        return outer
    return linked(outer, str(token.attrs.get("href", "")))


def _soft_break(tokens: Sequence[Token], position: int) -> str:
    """Return what a line end in the source stands for: nothing between ideographs, else a space.

    Lines that begin with `[1]` are the entries of a list of sources, each on a line of its own; so are items
    that begin with a bullet or a number of their own making.
    """
    following = tokens[position + 1 :][:3]
    text = next((token.content for token in following if token.type != "link_open"), "")
    if (
        _SOURCE_LINE.match(text)
        or _ITEM_LINE.match(text)
        or any(
            token.type == "link_open" and str(token.meta.get("label", "")).isdecimal()
            for token in following[:1]
        )
    ):
        return "\n"
    before = tokens[position - 1].content[-1:] if position else ""
    if before and text and _is_ideograph(before) and _is_ideograph(text[0]):
        return ""
    return " "


def _is_ideograph(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF" and not "\uac00" <= character <= "\ud7a3"


def _without_edge_breaks(runs: list[Run]) -> list[Run]:
    """Drop line breaks at both ends and more than two in a row, which block tags leave."""
    kept: list[Run] = []
    breaks = 1
    for run in runs:
        if breaks and len(run.text) > 1 and run.text.startswith("\n"):
            kept.append(run._replace(text=run.text[1:]))  # the line has begun already
            breaks = 0
            continue
        breaks = breaks + 1 if run.text == "\n" else 0
        if breaks < 2:
            kept.append(run)
    while kept and kept[-1].text == "\n":
        kept.pop()
    return kept
