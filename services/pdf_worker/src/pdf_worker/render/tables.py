"""Tables that fit the page: columns from content, rows that split, a header on every page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from pdf_worker.render.blocks import Runs, Table
from pdf_worker.render.canvas import group, ornament, tagged
from pdf_worker.render.drawing import draw_lines
from pdf_worker.render.flowables import Flow, Marker, Place
from pdf_worker.render.lines import Line, break_lines, natural_width
from pdf_worker.theme import TextStyle, Theme

_MIN_COLUMN = 34
_MAX_REPEATED_HEAD = 0.3
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


def fits_as_grid(table: Table, width: float) -> bool:
    """Whether columns of a legible width are possible at all."""
    return len(table.head) * _MIN_COLUMN <= width


def fits_upright(table: Table, theme: Theme) -> bool:
    """Whether an upright page is the better place; a turned one is where small print is not enough."""
    turned = theme.turned
    if not fits_as_grid(table, turned.text_width):
        return True
    if not fits_as_grid(table, theme.text_width):
        return False
    style = theme.table(theme.table_sizes[_SMALLEST_UPRIGHT])
    narrowest, widest = _needs(table, style, replace(style, bold=True), theme.cell_padding)
    if sum(narrowest) > theme.text_width:
        return False
    crowded = len(table.head) >= _MANY_COLUMNS and sum(widest) > _CROWDED * theme.text_width
    return not crowded or _row_lines(widest, narrowest, theme.text_width) <= _MOST_LINES


def _row_lines(widest: Sequence[float], narrowest: Sequence[float], width: float) -> float:
    """Return about how many lines the fullest cell would need."""
    return max(want / have for want, have in zip(widest, _share(narrowest, widest, width), strict=True))


def lay_out(table: Table, theme: Theme, width: float) -> tuple[Grid, Row, list[Row]]:
    """Choose the largest type in which every word fits its column, then break all cells into lines."""
    padding = theme.cell_padding
    grid = None
    for size in theme.table_sizes:
        style = theme.table(size)
        head_style = replace(style, bold=True)
        narrowest, widest = _needs(table, style, head_style, padding)
        if sum(narrowest) <= width:
            break
    wanted = [
        min(most, max(least, _COMFORTABLE * style.size))
        for least, most in zip(narrowest, widest, strict=True)
    ]
    widths = _share(wanted if sum(wanted) <= width else narrowest, widest, width)
    grid = Grid(style, head_style, widths, table.alignments, padding)
    head = _row(table.head, head_style, grid)
    return grid, head, [_row(cells, style, grid) for cells in table.rows]


def _needs(
    table: Table, style: TextStyle, head_style: TextStyle, padding: float
) -> tuple[list[float], list[float]]:
    """Narrowest and widest sensible width of each column."""
    columns = len(table.head)
    narrowest, widest = [0.0] * columns, [0.0] * columns
    for cells, cell_style in [(table.head, head_style), *((row, style) for row in table.rows)]:
        for column, runs in enumerate(cells[:columns]):
            word, line = natural_width(runs, cell_style)
            narrowest[column] = max(narrowest[column], min(word, _LONGEST_WORD * style.size))
            widest[column] = max(widest[column], line)
    extra = 2 * padding + 0.5
    narrowest = [width + extra for width in narrowest]
    return narrowest, [max(width + extra, _MIN_COLUMN) for width in widest]


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


class TableFlow(Flow):
    """A laid out table; splits between rows, and inside a row that no page could hold."""

    def __init__(
        self,
        theme: Theme,
        place: Place,
        grid: Grid,
        head: Row | None,
        rows: Sequence[Row],
    ) -> None:
        super().__init__(theme, grid.style, place)
        self.grid = grid
        self.head = head
        self.rows = rows

    @classmethod
    def of(cls, table: Table, theme: Theme, place: Place) -> "TableFlow":
        """Lay out a table between `place.indent` and the right margin."""
        grid, head, rows = lay_out(table, theme, theme.text_width - place.indent)
        return cls(theme, place, grid, head, rows)

    def measure(self, available_width: float, available_height: float) -> float:  # noqa: ARG002 - laid out before
        """Return the height of all rows, or of enough of them to see that they do not fit."""
        total = self._head_height()
        for row in self.rows:
            total += self.grid.height(row)
            if total > available_height:
                break
        return total

    def least_height(self) -> float:
        """Return the height of the header and the first row, or of its beginning when it is tall."""
        first = self.grid.height(self.rows[0]) if self.rows else 0.0
        return self.style.space_before + self._head_height() + min(first, 0.5 * self.theme.text_height)

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Fill the page with rows; a header that would take too much of each page is repeated no more."""
        if self.head and self._head_height() > _MAX_REPEATED_HEAD * self.theme.text_height:
            whole = self._part(None, [self.head, *self.rows], self.place)
            return whole.split(available_width, available_height)
        room = available_height - self._head_height()
        first, others = self._fill(room, fresh_page=available_height > 0.9 * self.theme.text_height)
        if not first:
            return []
        if not others:
            return [self]
        return [
            self._part(self.head, first, self.place),
            self._part(self.head, others, self.place.continued()),
        ]

    def _fill(self, room: float, *, fresh_page: bool) -> tuple[list[Row], list[Row]]:
        taken: list[Row] = []
        for number, row in enumerate(self.rows):
            height = self.grid.height(row)
            if height <= room:
                taken.append(row)
                room -= height
                continue
            lines = int((room - 2 * self.grid.padding) / self.grid.style.leading)
            tall = height > 0.5 * self.theme.text_height
            if lines >= (1 if fresh_page and not taken else 3) and (tall or (fresh_page and not taken)):
                top, bottom = row.split(lines)
                return [*taken, top], [bottom, *self.rows[number + 1 :]]
            return taken, list(self.rows[number:])
        return taken, []

    def _part(self, head: Row | None, rows: Sequence[Row], place: Place) -> Self:
        return type(self)(self.theme, place, self.grid, head, rows)

    def _head_height(self) -> float:
        return self.grid.height(self.head) if self.head else 0.0

    def _paint_tagged(self, canvas: Canvas) -> None:
        with group(canvas, "Table"):
            self._paint_beside_markers(canvas)

    def _draw_marker(self, canvas: Canvas, marker: Marker) -> None:
        with group(canvas, "TR"), tagged(canvas, "TD"):
            super()._draw_marker(canvas, marker)

    def paint(self, canvas: Canvas) -> None:
        """Draw the header on a tint, then the rows with a hairline below each."""
        palette = self.theme.palette
        left, right = self._edges()
        top = self.height
        if self.head is not None:
            with ornament(canvas):
                canvas.setFillColor(palette.table_head)
                height = self._head_height()
                canvas.rect(left, top - height, right - left, height, stroke=0, fill=1)
            top = self._paint_row(canvas, self.head, self.grid.head_style, top)
            self._paint_line(canvas, top, 0.9)
        for row in self.rows:
            top = self._paint_row(canvas, row, self.grid.style, top)
            self._paint_line(canvas, top, 0.5)

    def _paint_row(self, canvas: Canvas, row: Row, style: TextStyle, top: float) -> float:
        padding, rtl = self.grid.padding, self.theme.rtl
        x = self._edges()[rtl]
        role = "TH" if row is self.head else "TD"
        with group(canvas, "TR"):
            for cell, width, alignment in zip(
                row.cells, self.grid.widths, self.grid.alignments, strict=False
            ):
                box = (x + padding - (width if rtl else 0), top - padding, width - 2 * padding)
                with tagged(canvas, role):
                    draw_lines(canvas, cell, replace(style, alignment=alignment), self.theme.palette, box)
                x += -width if rtl else width
        return top - self.grid.height(row)

    def _paint_line(self, canvas: Canvas, y: float, thickness: float) -> None:
        left, right = self._edges()
        with ornament(canvas):
            canvas.setStrokeColor(self.theme.palette.rule)
            canvas.setLineWidth(thickness)
            canvas.line(left, y, right, y)

    def _edges(self) -> tuple[float, float]:
        width = sum(self.grid.widths)
        left = self.theme.text_width - width if self.theme.rtl else self.place.indent
        return left, left + width

    def top_inset(self) -> float:
        """Return the padding above the first row."""
        return self.grid.padding
