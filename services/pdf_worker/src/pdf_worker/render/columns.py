"""Widths of a table's columns, from what stands in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pdf_worker.render.blocks import Runs, Table
from pdf_worker.render.lines import Line, break_lines, natural_width
from pdf_worker.theme import TextStyle, Theme

_MIN_COLUMN = 34
_STRETCH_FROM = 0.75
_SMALLEST_UPRIGHT = 2
_COMFORTABLE = 7.5
_LONGEST_WORD = 9.5  # ems; what is longer is an address or the like, and may be broken
_CROWDED = 2.0
_MANY_COLUMNS = 7
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Row:
    """The lines of each cell."""

    cells: Sequence[Sequence[Line]]

    @property
    def depth(self) -> int:
        """Number of lines of the tallest cell, at least 1."""
        return max(1, *(len(cell) for cell in self.cells)) if self.cells else 1

    def split(self, at: int) -> "tuple[Row, Row]":
        """Return the first `at` lines of every cell, and the rest."""
        return Row([cell[:at] for cell in self.cells]), Row([cell[at:] for cell in self.cells])


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns of a table as laid out: widths in points, padding included."""

    style: TextStyle
    head_style: TextStyle
    widths: Sequence[float]
    alignments: Sequence[str]
    padding: float

    def height(self, row: Row) -> float:
        """Return a row's height in points."""
        return row.depth * self.style.leading + 2 * self.padding


@dataclass(frozen=True, slots=True)
class Needs:
    """Widths of each column of a table in ems: of its widest word, and of its widest cell in one line."""

    words: Sequence[float]
    cells: Sequence[float]

    @classmethod
    def of(cls, table: Table, theme: Theme) -> "Needs":
        """Measure every cell."""
        style = theme.table(theme.table_sizes[0])
        head_style = replace(style, bold=True)
        words, cells = [0.0] * len(table.head), [0.0] * len(table.head)
        for row, row_style in [(table.head, head_style), *((row, style) for row in table.rows)]:
            for column, runs in enumerate(row[: len(table.head)]):
                word, line = natural_width(runs, row_style)
                words[column] = max(words[column], word / style.size)
                cells[column] = max(cells[column], line / style.size)
        return cls(words, cells)

    def at(self, size: float, padding: float) -> tuple[list[float], list[float]]:
        """Return the narrowest and the widest sensible width of each column in points, at a type size."""
        extra = 2 * padding + 0.5
        narrowest = [min(word, _LONGEST_WORD) * size + extra for word in self.words]
        return narrowest, [max(cell * size + extra, _MIN_COLUMN) for cell in self.cells]


def fits_as_grid(table: Table, width: float) -> bool:
    """Whether columns of a legible width are possible at all."""
    return len(table.head) * _MIN_COLUMN <= width


def fits_upright(table: Table, needs: Needs, theme: Theme) -> bool:
    """Whether an upright page is the better place; a turned one is where small print is not enough."""
    if not fits_as_grid(table, theme.turned.text_width):
        return True
    if not fits_as_grid(table, theme.text_width):
        return False
    narrowest, widest = needs.at(theme.table_sizes[_SMALLEST_UPRIGHT], theme.cell_padding)
    if sum(narrowest) > theme.text_width:
        return False
    crowded = len(table.head) >= _MANY_COLUMNS and sum(widest) > _CROWDED * theme.text_width
    return not crowded or _row_lines(widest, narrowest, theme.text_width) <= _MOST_LINES


def _row_lines(widest: Sequence[float], narrowest: Sequence[float], width: float) -> float:
    """Return about how many lines the fullest cell would need."""
    return max(want / have for want, have in zip(widest, _share(narrowest, widest, width), strict=True))


def lay_out(table: Table, needs: Needs, theme: Theme, width: float) -> tuple[Grid, Row, list[Row]]:
    """Choose the largest type in which every word fits its column, then break all cells into lines."""
    padding = theme.cell_padding
    for size in theme.table_sizes:
        narrowest, widest = needs.at(size, padding)
        if sum(narrowest) <= width:
            break
    style = theme.table(size)
    head_style = replace(style, bold=True)
    wanted = [
        min(most, max(least, _COMFORTABLE * size)) for least, most in zip(narrowest, widest, strict=True)
    ]
    widths = _share(wanted if sum(wanted) <= width else narrowest, widest, width)
    grid = Grid(style, head_style, widths, table.alignments, padding)
    head = _row(table.head, head_style, grid)
    return grid, head, [_row(cells, style, grid) for cells in table.rows]


def _share(narrowest: Sequence[float], widest: Sequence[float], width: float) -> list[float]:
    total_widest, total_narrowest = sum(widest), sum(narrowest)
    if total_widest <= width:
        stretch = width / total_widest if total_widest > _STRETCH_FROM * width else 1.0
        return [column * stretch for column in widest]
    if total_narrowest <= width:
        spare = (width - total_narrowest) / (total_widest - total_narrowest)
        return [low + (high - low) * spare for low, high in zip(narrowest, widest, strict=True)]
    floor = min(_MIN_COLUMN, width / len(narrowest))
    above = [max(0.0, column - floor) for column in narrowest]
    spare = (width - floor * len(narrowest)) / sum(above)
    return [floor + column * spare for column in above]


def _row(cells: Sequence[Runs], style: TextStyle, grid: Grid) -> Row:
    return Row(
        [
            break_lines(runs, style, column - 2 * grid.padding)
            for runs, column in zip(cells, grid.widths, strict=False)
        ]
    )
