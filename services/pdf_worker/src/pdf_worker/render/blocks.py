"""The document as the renderer sees it: what Markdown means, without how it was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class RunStyle:
    """Character formatting.

    `link` is an absolute http, https or mailto URL in ASCII; `target` names an anchor of this document to
    jump to and `anchor` the one that stands here. `rise` is 1 for superscripts and -1 for subscripts;
    `color` is 0xRRGGBB and overrides the block's. `picture` stands in place of the run's one character.
    """

    bold: bool = False
    italic: bool = False
    code: bool = False
    strike: bool = False
    underline: bool = False
    mark: bool = False
    rise: int = 0
    color: int | None = None
    link: str | None = None
    target: str | None = None
    anchor: str | None = None
    picture: "Picture | None" = None


class Run(NamedTuple):
    """Text in one style. A line feed in it is a forced line break."""

    text: str
    style: RunStyle = RunStyle()


Runs = Sequence[Run]


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` is 1 to 6."""

    level: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Preformatted text without its final line feed; `language` is the fence's first word or empty."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quote."""

    blocks: "Sequence[Block]"


@dataclass(frozen=True, slots=True)
class Callout:
    """A block quote with a purpose: `kind` is one of note, tip, important, warning, caution."""

    kind: str
    title: Runs
    blocks: "Sequence[Block]"


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list; `start` is the first number of an ordered list and None for bullets.

    `checks` says for each item whether it is a done task, an open one, or none. `marker_styles` formats the
    numbers of a list of sources; empty for any other list.
    """

    items: "Sequence[Sequence[Block]]"
    start: int | None = None
    tight: bool = True
    checks: Sequence[bool | None] = ()
    marker_styles: Sequence[RunStyle] = ()


@dataclass(frozen=True, slots=True)
class DefinitionList:
    """Terms, each with the blocks that define it."""

    items: "Sequence[tuple[Runs, Sequence[Block]]]"


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by row; `alignments` has one of left, center, right per column of `head`."""

    head: Sequence[Runs]
    rows: Sequence[Sequence[Runs]]
    alignments: Sequence[str]


@dataclass(frozen=True, slots=True)
class Formula:
    """Displayed mathematics; `latex` has no delimiters."""

    latex: str


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A raster image that was checked: `content` is PNG, its size is in pixels; equal to itself only."""

    content: bytes
    width: int
    height: int
    caption: Runs

    @property
    def alternative(self) -> str:
        """What is read aloud in its place: the caption is the only thing known of it."""
        return plain_text(self.caption) or "Picture"


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of a chart, one for each of its labels; None where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """Simple data to draw; `kind` is one of bar, line, pie."""

    kind: str
    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    x_title: str = ""
    y_title: str = ""


@dataclass(frozen=True, slots=True)
class Caption:
    """What a figure or a table is called; `above` says that the thing follows it."""

    runs: Runs
    above: bool


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note at the end; `mark` stands before it."""

    mark: Run
    blocks: "Sequence[Block]"


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break."""


Block = (
    Heading
    | Paragraph
    | CodeBlock
    | Quote
    | Callout
    | ListBlock
    | DefinitionList
    | Table
    | Formula
    | Picture
    | Chart
    | Caption
    | Footnote
    | Rule
)


def plain_text(runs: Runs) -> str:
    """Return the text of runs without formatting; a picture's is its description."""
    return "".join(plain_text(run.style.picture.caption) if run.style.picture else run.text for run in runs)
