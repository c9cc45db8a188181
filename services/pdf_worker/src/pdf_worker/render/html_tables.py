"""Tables and preformatted text that were written in HTML."""

import re
from html import unescape
from html.parser import HTMLParser

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_WHITE_SPACE = re.compile(r"\s+")
_CELLS = frozenset({"td", "th"})
_MARKDOWN = {
    "b": "**",
    "strong": "**",
    "i": "*",
    "em": "*",
    "code": "`",
    "br": "<br>",
    "p": "<br>",
    "div": "<br>",
    "li": "<br>\N{BULLET} ",
}
_EDGE_BREAKS = re.compile(r"^(?:\s*<br>)+|(?:<br>\s*)+$")


class _TableReader(HTMLParser):
    """Collects rows of cells; a cell is Markdown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.outside: list[str] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a row or a cell, or mark what formats text."""
        if tag == "tr" or (tag in _CELLS and not self.rows):
            self.rows.append([])
        if tag in _CELLS:
            self.rows[-1].append("")
            self._in_cell = True
        elif tag == "a":
            self._href = next((value or "" for name, value in attrs if name == "href"), "")
            self._add("[")
        else:
            self._add(_MARKDOWN.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        """Close what `handle_starttag` opened."""
        if tag in _CELLS:
            self._in_cell = False
        elif tag == "a":
            self._add(f"](<{getattr(self, '_href', '')}>)")
        elif tag in {"b", "strong", "i", "em", "code"}:
            self._add(_MARKDOWN[tag])

    def handle_data(self, data: str) -> None:
        """Keep all text, wherever it stands."""
        self._add(_WHITE_SPACE.sub(" ", data))

    def _add(self, text: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += text
        elif text.strip() and text not in _MARKDOWN.values():
            self.outside.append(text.strip())


def read_table(html: str) -> tuple[str, list[list[str]]]:
    """Return what stands outside the cells (a caption) and the rows; cells are Markdown."""
    reader = _TableReader()
    reader.feed(html)
    reader.close()
    rows = [[_EDGE_BREAKS.sub("", cell).strip() for cell in row] for row in reader.rows if row]
    return " ".join(reader.outside), rows


def read_preformatted(html: str) -> str:
    """Return the text of a `<pre>` element."""
    return unescape(_TAG.sub("", html)).strip("\n")
