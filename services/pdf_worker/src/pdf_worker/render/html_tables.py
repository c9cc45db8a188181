"""Tables and preformatted text that were written in HTML."""

import re
from html import unescape
from html.parser import HTMLParser

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_WHITE_SPACE = re.compile(r"\s+")
_CELLS = frozenset({"td", "th"})
_SPAN = re.compile(r"[1-4]?\d")
_MOST_COVERED = 50_000
_MARKDOWN = {
    "br": "<br>",
    "p": "<br>",
    "div": "<br>",
    "li": "<br>\N{BULLET} ",
}
_PAIRED = frozenset({"b", "strong", "i", "em", "u", "s", "del", "code", "sub", "sup", "mark"})
_SEPARATORS = {"tr": "<br>", "td": " ", "th": " "}
_EDGE_BREAKS = re.compile(r"^(?:\s*<br>)+|(?:<br>\s*)+$")


class _TableReader(HTMLParser):
    """Collects rows of cells; a cell is Markdown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.outside: list[str] = []
        self._in_cell = False
        self._depth = 0
        self._href = ""
        self._open: list[str] = []
        self._spans: dict[tuple[int, int], None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a row or a cell, or mark what formats text; a table in a cell becomes lines of that cell."""
        if tag == "table":
            self._depth += 1
        elif self._depth > 1 and tag in _SEPARATORS:
            self._add(_SEPARATORS[tag])
        elif tag == "tr":
            self._end_cell()
            self._fill_spanned()
            self.rows.append([])
        elif tag in _CELLS:
            self._end_cell()
            if not self.rows:
                self.rows.append([])
            self._fill_spanned()
            self.rows[-1].append("")
            self._span(dict(attrs))
            self._in_cell = True
        elif self._in_cell and tag == "a":
            self._href = next((value or "" for name, value in attrs if name == "href"), "")
            self._begin(tag, "[")
        elif self._in_cell and tag in _PAIRED:
            self._begin(tag, f"<{tag}>")
        elif self._in_cell:
            self._add(_MARKDOWN.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        """Close what `handle_starttag` opened."""
        if tag == "table":
            self._depth -= 1
        elif tag in _CELLS and self._depth <= 1:
            self._end_cell()
        elif tag in self._open:
            self._end(tag)

    def handle_data(self, data: str) -> None:
        """Keep all text, wherever it stands."""
        self._add(_WHITE_SPACE.sub(" ", data))

    def close(self) -> None:
        """Read to the end."""
        super().close()
        self._end_cell()
        self._fill_spanned()

    def _span(self, attributes: dict[str, str | None]) -> None:
        """Leave the other places empty that a cell covers."""
        columns, rows = (_count(attributes.get(name)) for name in ("colspan", "rowspan"))
        if len(self._spans) > _MOST_COVERED:
            return
        row, column = len(self.rows) - 1, len(self.rows[-1]) - 1
        self._spans |= dict.fromkeys(
            (row + down, column + right) for down in range(rows) for right in range(columns) if down or right
        )

    def _fill_spanned(self) -> None:
        while self.rows and (len(self.rows) - 1, len(self.rows[-1])) in self._spans:
            self.rows[-1].append("")

    def _begin(self, tag: str, mark: str) -> None:
        self._open.append(tag)
        self._add(mark)

    def _end(self, tag: str) -> None:
        """Close a tag, and those inside that were left open."""
        while tag in self._open:
            innermost = self._open.pop()
            self._add(f"](<{self._href}>)" if innermost == "a" else f"</{innermost}>")

    def _end_cell(self) -> None:
        for tag in self._open[:1]:
            self._end(tag)
        self._in_cell = False

    def _add(self, text: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += text
        elif text.strip():
            self.outside.append(text.strip())


def _count(written: str | None) -> int:
    return int(written) if written and _SPAN.fullmatch(written) else 1


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
