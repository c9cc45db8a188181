"""Blocks to flowables: where each block stands and how it is set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pdf_worker.render.blocks import (
    Block,
    CodeBlock,
    Heading,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Run,
    Runs,
    RunStyle,
    Table,
    plain_text,
)
from pdf_worker.render.cleaning import one_line
from pdf_worker.render.flowables import CodeFlow, Flow, Marker, Place, RuleFlow, TextFlow
from pdf_worker.render.headings import HeadingFlow, OutlineEntry
from pdf_worker.render.lines import Line, break_lines
from pdf_worker.render.tables import TableFlow, fits_as_grid
from pdf_worker.theme import TextStyle, Theme

_BULLETS = ("\N{BULLET}", "\N{EN DASH}")
_DEEPEST_INDENT = 0.4
_MAX_OUTLINE_TITLE = 200


@dataclass(slots=True)
class _Outline:
    """Hands out outline entries whose depth grows by one step at a time."""

    levels: list[int] = field(default_factory=list)
    count: int = 0

    def entry(self, heading: Heading) -> OutlineEntry | None:
        title = one_line(plain_text(heading.runs))
        if not title:
            return None
        while self.levels and self.levels[-1] >= heading.level:
            self.levels.pop()
        self.levels.append(heading.level)
        self.count += 1
        return OutlineEntry(f"heading-{self.count}", title[:_MAX_OUTLINE_TITLE], len(self.levels) - 1)


@dataclass(frozen=True, slots=True)
class _Context:
    """What a block inherits from the blocks around it; `gap` replaces the space before the next block."""

    indent: float = 0
    bars: tuple[float, ...] = ()
    list_depth: int = 0
    markers: tuple[Marker, ...] = ()
    joined: int = 0
    gap: float | None = None


class Composer:
    """Makes the flowables of one document."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._outline = _Outline()

    def compose(self, blocks: Sequence[Block]) -> list[Flow]:
        """Lay the blocks out one below the other; nesting becomes indentation."""
        return list(self._sequence(blocks, _Context()))

    def _sequence(self, blocks: Sequence[Block], context: _Context) -> Iterator[Flow]:
        """Only the first flowable keeps the markers, the gap and the join that the context came with."""
        for number, block in enumerate(blocks):
            for flow in self._block(block, context, blocks[number + 1 :]):
                yield flow
                context = replace(context, markers=(), gap=None, joined=len(context.bars))
        if not blocks and context.markers:
            yield self._text([], self._body(context), context)

    def _block(self, block: Block, context: _Context, following: Sequence[Block]) -> Iterator[Flow]:
        match block:
            case Heading():
                yield self._heading(block, context, following)
            case Paragraph(runs):
                yield self._text(runs, self._body(context), context)
            case CodeBlock(text):
                style = self._spaced(self._theme.code, context)
                yield CodeFlow([Run(text.expandtabs(4))], self._theme, style, self._place(context))
            case Quote(blocks):
                yield from self._quote(blocks, context)
            case ListBlock():
                yield from self._list(block, context)
            case Table():
                yield from self._table(block, context)
            case Rule():
                yield RuleFlow(self._theme, self._spaced(self._theme.body, context), self._place(context))

    def _heading(self, heading: Heading, context: _Context, following: Sequence[Block]) -> Flow:
        style = self._spaced(self._theme.heading(heading.level), context)
        return HeadingFlow(
            heading.runs,
            self._theme,
            style,
            self._place(context),
            entry=self._outline.entry(heading),
            reserve=self._reserve(following),
        )

    def _reserve(self, following: Sequence[Block]) -> float:
        """Room for the headings that follow at once and two lines of text or table."""
        reserve = 0.0
        for block in following[:6]:
            if not isinstance(block, Heading):
                return reserve + 3.5 * self._theme.body_leading
            style = self._theme.heading(block.level)
            reserve += style.leading + style.space_before
        return reserve

    def _text(self, runs: Runs, style: TextStyle, context: _Context) -> Flow:
        return TextFlow(runs, self._theme, style, self._place(context))

    def _quote(self, blocks: Sequence[Block], context: _Context) -> Iterator[Flow]:
        inner = replace(
            context,
            indent=self._deeper(context.indent, self._theme.quote_indent),
            bars=(*context.bars, context.indent + 2) if context.indent < self._limit() else context.bars,
        )
        yield from self._sequence(blocks, inner)

    def _list(self, block: ListBlock, context: _Context) -> Iterator[Flow]:
        first = block.start or 0
        markers = [
            self._marker(_BULLETS[context.list_depth % 2] if block.start is None else f"{first + number}.")
            for number in range(len(block.items))
        ]
        step = max(self._theme.list_indent, *(marker.width + 9 for marker in markers))
        indent = self._deeper(context.indent, step)
        gap = self._theme.tight_gap if block.tight else None
        for number, (item, marker) in enumerate(zip(block.items, markers, strict=True)):
            first_gap = context.gap if number == 0 else gap
            if number == 0 and first_gap is None and context.list_depth and block.tight:
                first_gap = gap
            yield from self._sequence(
                item,
                _Context(
                    indent,
                    context.bars,
                    context.list_depth + 1,
                    (*(context.markers if number == 0 else ()), Marker(marker, indent)),
                    context.joined if number == 0 else len(context.bars),
                    first_gap,
                ),
            )

    def _marker(self, text: str) -> Line:
        return break_lines([Run(text)], self._theme.body, self._theme.text_width)[0]

    def _table(self, table: Table, context: _Context) -> Iterator[Flow]:
        place = self._place(context)
        if fits_as_grid(table, self._theme.text_width - place.indent):
            yield TableFlow.of(table, self._theme, place)
            return
        for row in table.rows or [[]]:
            yield self._text(self._record(table, row), self._body(context), context)
            context = replace(context, markers=(), gap=None, joined=len(context.bars))

    def _record(self, table: Table, row: Sequence[Runs]) -> list[Run]:
        """Return a row of a table with too many columns, as lines of `heading: value`."""
        runs: list[Run] = []
        for number, head in enumerate(table.head):
            name = [replace(run, style=replace(run.style, bold=True)) for run in head]
            value = row[number] if number < len(row) else []
            runs += [*name, Run(": ", RunStyle(bold=True)), *value, Run("\n")]
        return runs[:-1]

    def _body(self, context: _Context) -> TextStyle:
        return self._spaced(self._theme.quote if context.bars else self._theme.body, context)

    def _spaced(self, style: TextStyle, context: _Context) -> TextStyle:
        return style if context.gap is None else replace(style, space_before=context.gap)

    def _place(self, context: _Context) -> Place:
        return Place(context.indent, context.bars, context.joined, context.markers)

    def _limit(self) -> float:
        return _DEEPEST_INDENT * self._theme.text_width

    def _deeper(self, indent: float, step: float) -> float:
        return max(indent, min(indent + step, self._limit()))
