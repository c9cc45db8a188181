"""Tables that fit the page: columns from content, rows that split, a header on every page."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Self

from pdf_worker.render.canvas import ReportCanvas
from pdf_worker.render.columns import Grid, Row
from pdf_worker.render.drawing import draw_lines
from pdf_worker.render.flowables import Flow
from pdf_worker.render.place import Place
from pdf_worker.render.tagging import Group
from pdf_worker.theme import TextStyle, Theme

_MAX_REPEATED_HEAD = 0.3


class TableFlow(Flow):
    """A laid out table; splits between rows, and inside a row that no page could hold.

    `tag` is shared by all parts of a table, and `continues` says that the header was drawn before.
    """

    def __init__(  # noqa: PLR0913 - what a part of a table is made of
        self,
        theme: Theme,
        place: Place,
        grid: Grid,
        head: Row | None,
        rows: Sequence[Row],
        *,
        tag: Group | None = None,
        continues: bool = False,
    ) -> None:
        super().__init__(theme, grid.style, place)
        self.grid = grid
        self.head = head
        self.rows = rows
        self.tag = tag or Group("Table")
        self.continues = continues

    def wrap(self, available_height: float) -> float:
        """Ask for the room of what must stay below the last row too."""
        height = super().wrap(available_height)
        if height <= available_height < height + self._reserve():
            return height + self._reserve()
        return height

    def measure(self, available_height: float) -> float:
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
        reserve = self._reserve() if len(self.rows) <= 1 else 0.0
        return (
            self.style.space_before + self._head_height() + min(first + reserve, 0.5 * self.theme.text_height)
        )

    def split(self, available_height: float) -> Sequence[Flow]:
        """Fill the page with rows; a header that would take too much of each page is repeated no more."""
        if self.head and self._head_height() > _MAX_REPEATED_HEAD * self.theme.text_height:
            whole = self._part(None, [self.head, *self.rows], self.place, following=self.following)
            return (
                [whole] if whole.wrap(available_height) <= available_height else whole.split(available_height)
            )
        fresh_page = available_height > 0.9 * self.theme.text_height
        room = available_height - self._head_height()
        first, others = self._fill(room, fresh_page=fresh_page)
        if not others:  # only what must follow does not fit
            first, others = self._fill(room - self._reserve(), fresh_page=fresh_page)
        if not first or not others:
            return ()
        return [
            self._part(self.head, first, self.place),
            self._part(self.head, others, self.place.continued(), following=self.following, continues=True),
        ]

    def _reserve(self) -> float:
        """Return the height of what must stay below, none when a whole page would not be enough."""
        reserve = self.reserve()
        last = self.grid.height(self.rows[-1]) if self.rows else 0.0
        return reserve if self._head_height() + last + reserve < 0.9 * self.theme.text_height else 0.0

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

    def _part(
        self,
        head: Row | None,
        rows: Sequence[Row],
        place: Place,
        *,
        following: Flow | None = None,
        continues: bool = False,
    ) -> Self:
        continues = continues or self.continues
        part = type(self)(self.theme, place, self.grid, head, rows, tag=self.tag, continues=continues)
        part.following = following
        return part

    def _head_height(self) -> float:
        return self.grid.height(self.head) if self.head else 0.0

    def paint_tagged(self, canvas: ReportCanvas) -> None:
        """Draw inside the element of the whole table."""
        with canvas.within((*self.place.path, self.tag)):
            self.paint(canvas)

    def paint(self, canvas: ReportCanvas) -> None:
        """Draw the header on a tint, then the rows with a hairline below each."""
        left, right = self._edges()
        top = self.height
        if self.head is not None:
            with canvas.ornament():
                canvas.setFillColor(self.theme.palette.table_head)
                height = self._head_height()
                canvas.rect(left, top - height, right - left, height, stroke=0, fill=1)
            top = self._paint_head(canvas, self.head, top)
        lines = [(top, 0.9)] if self.head is not None else []
        for row in self.rows:
            with canvas.group("TR"):
                top = self._paint_row(canvas, row, self.grid.style, top, "TD")
            lines.append((top, 0.5))
        with canvas.ornament():
            canvas.setStrokeColor(self.theme.palette.rule)
            for y, thickness in lines:
                canvas.setLineWidth(thickness)
                canvas.line(left, y, right, y)

    def _paint_head(self, canvas: ReportCanvas, head: Row, top: float) -> float:
        """Draw the header; where it is repeated it is read aloud no more."""
        if self.continues:
            with canvas.ornament():
                return self._paint_row(canvas, head, self.grid.head_style, top, "")
        with canvas.group("TR"):
            return self._paint_row(canvas, head, self.grid.head_style, top, "TH")

    def _paint_row(self, canvas: ReportCanvas, row: Row, style: TextStyle, top: float, role: str) -> float:
        padding, rtl = self.grid.padding, self.theme.rtl
        x = self._edges()[rtl]
        styles = {alignment: replace(style, alignment=alignment) for alignment in set(self.grid.alignments)}
        for cell, width, alignment in zip(row.cells, self.grid.widths, self.grid.alignments, strict=False):
            box = (x + padding - (width if rtl else 0), top - padding, width - 2 * padding)
            with canvas.tagged(role) if role else nullcontext():
                draw_lines(canvas, cell, styles[alignment], self.theme.palette, box)
            x += -width if rtl else width
        return top - self.grid.height(row)

    def _edges(self) -> tuple[float, float]:
        width = sum(self.grid.widths)
        left = self.theme.text_width - width if self.theme.rtl else self.place.indent
        return left, left + width

    def top_inset(self) -> float:
        """Return the padding above the first row."""
        return self.grid.padding
