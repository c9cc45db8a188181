"""Blocks to flowables: where each block stands and how it is set."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pdf_worker.render.blocks import (
    Block,
    Callout,
    Caption,
    Chart,
    CodeBlock,
    DefinitionList,
    Footnote,
    Formula,
    Heading,
    ListBlock,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Run,
    RunStyle,
    Table,
)
from pdf_worker.render.charts import ChartFlow
from pdf_worker.render.context import Context
from pdf_worker.render.figures import FormulaFlow, PictureFlow, draw_formula
from pdf_worker.render.flowables import Flow
from pdf_worker.render.headings import HeadingFlow, PageNumbers, is_title
from pdf_worker.render.highlighting import code_runs
from pdf_worker.render.labels import callout_title
from pdf_worker.render.latex import formula_runs
from pdf_worker.render.lines import Line, break_lines
from pdf_worker.render.outline import Outline
from pdf_worker.render.place import Bar, Marker
from pdf_worker.render.standing import RuleFlow, StandingFlow
from pdf_worker.render.table_placing import TablePlacing
from pdf_worker.render.tables import TableFlow
from pdf_worker.render.text_flows import CodeFlow, TextFlow
from pdf_worker.theme import Theme

_BULLETS = ("\N{BULLET}", "\N{EN DASH}")
_BOXES = {True: "\N{BALLOT BOX WITH CHECK}", False: "\N{BALLOT BOX}"}


class Composer:
    """Makes the flowables of one document; `numbers` learns on which pages its headings are."""

    def __init__(self, theme: Theme, numbers: PageNumbers) -> None:
        self._theme = theme
        self._numbers = numbers
        self._outline = Outline()
        self._tables = TablePlacing(theme)

    def compose(self, blocks: Sequence[Block]) -> list[Flow]:
        """Lay the blocks out one below the other; nesting becomes indentation.

        A table too wide for the page gets a turned page, together with its heading and its caption.
        """
        flows: list[Flow] = []
        start = 0
        for first, end in self._tables.wide_parts(blocks):
            flows += self._sequence(blocks[start:first], Context(self._theme))
            flows += self._sequence(blocks[first:end], Context(self._theme.turned))
            start = end
        flows += self._sequence(blocks[start:], Context(self._theme))
        for flow, following in pairwise(flows):
            captioned = isinstance(following, CaptionFlow) and isinstance(flow, StandingFlow | TableFlow)
            if isinstance(flow, HeadingFlow) or captioned:
                flow.following = following if following.theme is flow.theme else None
        return flows

    def _sequence(self, blocks: Sequence[Block], context: Context) -> Iterator[Flow]:
        for block in blocks:
            for flow in self._block(block, context):
                yield flow
                context = context.following()
        if not blocks and context.markers:
            yield TextFlow([], context.theme, context.body, context.place)

    def _block(self, block: Block, context: Context) -> Iterator[Flow]:  # noqa: C901, PLR0912 - one case for each kind
        theme, place = context.theme, context.place
        match block:
            case Heading():
                yield self._heading(block, context)
            case Paragraph(runs):
                stands_over = not context.list_depth and is_title(runs)
                yield (TitleFlow if stands_over else TextFlow)(runs, theme, context.body, place)
            case CodeBlock(text, language):
                yield CodeFlow(code_runs(text, language), theme, context.spaced(theme.code), place)
            case Quote(blocks):
                yield from self._quote(blocks, context)
            case Callout():
                yield from self._callout(block, context)
            case ListBlock():
                yield from self._list(block, context)
            case DefinitionList():
                yield from self._definitions(block, context)
            case Table():
                yield from self._tables.flows(block, context)
            case Formula(latex):
                yield self._formula(latex, context)
            case Picture():
                yield PictureFlow(block, theme, context.spaced(theme.code), place)
            case Chart():
                yield ChartFlow(block, theme, context.spaced(theme.code), place)
            case Caption():
                yield self._caption(block, context)
            case Footnote():
                yield from self._footnote(block, context)
            case Rule():
                yield RuleFlow(theme, context.spaced(theme.body), place)

    def _heading(self, heading: Heading, context: Context) -> Flow:
        return HeadingFlow(
            heading.runs,
            context.theme,
            context.spaced(context.theme.heading(heading.level)),
            context.place,
            entry=self._outline.entry(heading),
            numbers=self._numbers,
        )

    def _caption(self, caption: Caption, context: Context) -> Flow:
        style = context.theme.caption
        if caption.above:
            return HeadingFlow(caption.runs, context.theme, style, context.place)
        below = replace(style, space_before=5, space_after=context.theme.box_gap)
        return CaptionFlow(caption.runs, context.theme, below, context.place)

    def _formula(self, latex: str, context: Context) -> Flow:
        style = context.spaced(context.theme.formula)
        drawing = draw_formula(latex)
        if drawing is not None:
            return FormulaFlow(drawing, context.theme, style, context.place)
        runs = formula_runs(latex, RunStyle())
        if runs:
            return TextFlow(runs, context.theme, style, context.place)
        return CodeFlow([Run(latex)], context.theme, context.spaced(context.theme.code), context.place)

    def _quote(self, blocks: Sequence[Block], context: Context) -> Iterator[Flow]:
        inner = self._barred(
            context, context.theme.quote_indent, Bar(context.indent + 2, self._theme.palette.rule)
        )
        yield from self._sequence(blocks, replace(inner.inside("BlockQuote"), quoted=True))

    def _callout(self, callout: Callout, context: Context) -> Iterator[Flow]:
        color = self._theme.palette.callout(callout.kind)
        inner = self._barred(context, context.theme.quote_indent, Bar(context.indent + 2, color)).inside(
            "Div"
        )
        ink = int(color.hexval(), 16)
        title = [
            Run(callout_title(run.text, context.theme.language), replace(run.style, color=ink))
            for run in callout.title
        ]
        yield TextFlow(title, context.theme, inner.body, inner.place)
        yield from self._sequence(callout.blocks, replace(inner.following(), gap=context.theme.tight_gap))

    def _barred(self, context: Context, step: float, bar: Bar) -> Context:
        indent = context.deeper(step)
        bars = (*context.bars, bar) if indent > context.indent else context.bars
        return replace(context, indent=indent, bars=bars)

    def _list(self, block: ListBlock, context: Context) -> Iterator[Flow]:
        markers = [self._marker(block, number, context) for number in range(len(block.items))]
        step = max(context.theme.list_indent, *(marker.width + 9 for marker in markers))
        indent = context.deeper(step)
        gap = context.theme.tight_gap if block.tight else None
        context = context.inside("L")
        for number, (item, marker) in enumerate(zip(block.items, markers, strict=True)):
            first_gap = context.gap if number == 0 else gap
            if number == 0 and first_gap is None and context.list_depth and block.tight:
                first_gap = gap
            item_context = context.inside("LI")
            own = Marker(marker, indent, context.body, item_context.path)
            inner = replace(
                item_context.inside("LBody"),
                indent=indent,
                list_depth=context.list_depth + 1,
                markers=(*(context.markers if number == 0 else ()), own),
                joined=context.joined if number == 0 else len(context.bars),
                gap=first_gap,
            )
            yield from self._sequence(item, inner)

    def _marker(self, block: ListBlock, number: int, context: Context) -> Line:
        check = block.checks[number] if block.checks else None
        if check is not None:
            text = _BOXES[check]
        elif block.start is None:
            text = _BULLETS[context.list_depth % 2]
        else:
            text = f"{block.start + number}."
        style = block.marker_styles[number] if block.marker_styles else RunStyle()
        return break_lines([Run(text, style)], context.body, self._theme.text_width)[0]

    def _definitions(self, block: DefinitionList, context: Context) -> Iterator[Flow]:
        context = context.inside("L")
        indent = context.deeper(context.theme.list_indent)
        for term, blocks in block.items:
            item = context.inside("LI")
            name = [run._replace(style=replace(run.style, bold=True)) for run in term]
            yield TermFlow(name, context.theme, context.body, item.place)
            context = context.following()
            within = replace(item.inside("LBody").following(), indent=indent, gap=context.theme.tight_gap)
            yield from self._sequence(blocks, within)

    def _footnote(self, note: Footnote, context: Context) -> Iterator[Flow]:
        small = replace(context.inside("Note"), small=True)
        line = break_lines([note.mark], small.body, self._theme.text_width)[0]
        indent = context.deeper(max(context.theme.list_indent, line.width + 9))
        yield from self._sequence(
            note.blocks,
            replace(small, indent=indent, markers=(Marker(line, indent, small.body, small.path),)),
        )


class TitleFlow(HeadingFlow):
    """A bold line that stands over a text as a heading does, kept with it."""

    role = "P"


class TermFlow(HeadingFlow):
    """A defined term, kept with its definition."""

    role = "Lbl"


class CaptionFlow(TextFlow):
    """The caption below a figure."""

    role = "Caption"
