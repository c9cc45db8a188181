"""Tables that fit the page: columns from content, rows that split, a header on every page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from pdf_worker.render.blocks import Table
from pdf_worker.render.canvas import group, ornament, tagged
from pdf_worker.render.columns import Grid, Row, lay_out
from pdf_worker.render.drawing import draw_lines
from pdf_worker.render.flowables import Flow, Marker, Place
from pdf_worker.theme import TextStyle, Theme

_MAX_REPEATED_HEAD = 0.3


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
