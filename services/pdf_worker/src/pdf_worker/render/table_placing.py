"""Where tables go: on an upright page, on a turned one, or into a list when no page is wide enough."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pdf_worker.render.blocks import Block, Caption, Heading, Run, Runs, RunStyle, Table
from pdf_worker.render.columns import Needs, fits_as_grid, fits_upright, lay_out
from pdf_worker.render.context import Context
from pdf_worker.render.flowables import Flow
from pdf_worker.render.tables import TableFlow
from pdf_worker.render.text_flows import TextFlow
from pdf_worker.theme import Theme


class TablePlacing:
    """Places the tables of one document; each is measured once."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._measured: dict[int, tuple[Table, Needs]] = {}

    def wide_parts(self, blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
        """Yield the ranges of blocks that need a turned page: a wide table, its heading and its caption."""
        after = 0
        for number, block in enumerate(blocks):
            if number < after or not isinstance(block, Table):
                continue
            if fits_upright(block, self._needs(block), self._theme):
                continue
            first = number
            while first > after and isinstance(blocks[first - 1], Heading | Caption):
                first -= 1
            after = number + 1
            if after < len(blocks) and isinstance(blocks[after], Caption):
                after += 1
            yield first, after

    def flows(self, table: Table, context: Context) -> Iterator[Flow]:
        """Yield the table between its indent and the right margin, or row by row as text."""
        width = context.theme.text_width - context.indent
        if fits_as_grid(table, width):
            grid, head, rows = lay_out(table, self._needs(table), context.theme, width)
            yield TableFlow(context.theme, context.place, grid, head, rows)
            return
        for row in table.rows or [[]]:
            yield TextFlow(_record(table, row), context.theme, context.body, context.place)
            context = context.following()

    def _needs(self, table: Table) -> Needs:
        known = self._measured.get(id(table))
        if known is None:
            known = self._measured[id(table)] = (table, Needs.of(table, self._theme))
        return known[1]


def _record(table: Table, row: Sequence[Runs]) -> list[Run]:
    """Return a row of a table with too many columns, as lines of `heading: value`."""
    runs: list[Run] = []
    for number, head in enumerate(table.head):
        name = [run._replace(style=replace(run.style, bold=True)) for run in head]
        value = row[number] if number < len(row) else []
        runs += [*name, Run(": ", RunStyle(bold=True)), *value, Run("\n")]
    return runs[:-1]
