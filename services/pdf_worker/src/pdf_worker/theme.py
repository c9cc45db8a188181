"""Everything that decides how a report looks; all lengths are points."""

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are for."""

    ink: Color = field(default_factory=lambda: HexColor(0x1D2329))
    muted: Color = field(default_factory=lambda: HexColor(0x66707C))
    accent: Color = field(default_factory=lambda: HexColor(0x1F5C87))
    rule: Color = field(default_factory=lambda: HexColor(0xCFD6DE))
    code_background: Color = field(default_factory=lambda: HexColor(0xF3F5F7))
    highlight: Color = field(default_factory=lambda: HexColor(0xFFF1B8))
    tip: Color = field(default_factory=lambda: HexColor(0x2C7A51))
    important: Color = field(default_factory=lambda: HexColor(0x6B4FA0))
    warning: Color = field(default_factory=lambda: HexColor(0xB7791F))
    caution: Color = field(default_factory=lambda: HexColor(0xB03A3A))
    table_head: Color = field(default_factory=lambda: HexColor(0xEAF0F5))

    def callout(self, kind: str) -> Color:
        """Return the colour of a callout: note, tip, important, warning or caution."""
        return {
            "tip": self.tip,
            "important": self.important,
            "warning": self.warning,
            "caution": self.caution,
        }.get(kind, self.accent)


_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


@lru_cache(256)
def reads_right_to_left(language: str) -> bool:
    """Whether pages in a language (BCP 47) begin at the right."""
    return language.split("-", maxsplit=1)[0].lower() in _RIGHT_TO_LEFT


@dataclass(frozen=True)
class TextStyle:
    """How a block of text is set. `alignment` is one of left, center, right.

    The gap between two blocks is the larger of the upper one's space after and the lower one's space before.
    `language` is the document's, a BCP 47 tag. Left means right for text that runs from there, and for all
    but code in a document that does.
    """

    size: float
    leading: float
    color: Color
    bold: bool = False
    italic: bool = False
    mono: bool = False
    alignment: str = "left"
    space_before: float = 0
    space_after: float = 0
    language: str = ""

    def __hash__(self) -> int:
        """Hash once: styles are looked up for every word."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(
            (self.size, self.leading, self.color, self.bold, self.italic, self.mono, self.space_before)
        )

    def scaled(self, factor: float) -> "TextStyle":
        """Return the same style in another size."""
        return replace(self, size=self.size * factor, leading=self.leading * factor)


@dataclass(frozen=True, slots=True)
class Margins:
    """White space around the text area."""

    left: float = 70
    right: float = 70
    top: float = 82
    bottom: float = 76


@dataclass(frozen=True)
class Theme:
    """Page geometry, type sizes and colours of a report in one language (a BCP 47 tag or empty)."""

    language: str = ""
    page_size: tuple[float, float] = A4
    margins: Margins = Margins()
    palette: Palette = field(default_factory=Palette)
    body_size: float = 10.25
    body_leading: float = 15.25
    paragraph_gap: float = 8
    tight_gap: float = 3
    list_indent: float = 17
    quote_indent: float = 15
    heading_sizes: tuple[float, ...] = (19, 14.5, 12, 10.75, 10.25, 10.25)
    code_size: float = 8.6
    code_leading: float = 12.6
    code_padding: float = 8
    box_gap: float = 12
    table_sizes: tuple[float, ...] = (9.2, 8.2, 7.2, 6.4)
    cell_padding: float = 5
    logo: bytes = b""

    def __post_init__(self) -> None:
        """Raise ValueError when a page could not hold even a few lines: layout relies on progress."""
        if self.text_width < 200 or self.text_height < 300:
            message = "the text area must be at least 200 x 300 points: use a larger page or smaller margins"
            raise ValueError(message)

    @cached_property
    def rtl(self) -> bool:
        """Whether pages are mirrored: indents, list markers, columns and furniture begin at the right."""
        return reads_right_to_left(self.language)

    @cached_property
    def text_width(self) -> float:
        """Width between the margins."""
        return self.page_size[0] - self.margins.left - self.margins.right

    @cached_property
    def text_height(self) -> float:
        """Height between the margins."""
        return self.page_size[1] - self.margins.top - self.margins.bottom

    @cached_property
    def body(self) -> TextStyle:
        """Running text."""
        return TextStyle(
            self.body_size,
            self.body_leading,
            self.palette.ink,
            space_before=self.paragraph_gap,
            language=self.language,
        )

    @cached_property
    def code(self) -> TextStyle:
        """Fenced and indented code."""
        return TextStyle(
            self.code_size,
            self.code_leading,
            self.palette.ink,
            mono=True,
            space_before=self.box_gap,
            space_after=self.box_gap,
            language=self.language,
        )

    def table(self, size: float) -> TextStyle:
        """Return the style of a table's cells at one of `table_sizes`."""
        return TextStyle(
            size,
            round(size * 1.4, 2),
            self.palette.ink,
            space_before=self.box_gap,
            space_after=self.box_gap,
            language=self.language,
        )

    @cached_property
    def quote(self) -> TextStyle:
        """Text inside a block quote."""
        return replace(self.body, color=self.palette.muted)

    def heading(self, level: int) -> TextStyle:
        """Return the style of a heading of level 1 to 6."""
        size = self.heading_sizes[level - 1]
        color = self.palette.accent if level <= 2 else self.palette.ink
        return TextStyle(
            size,
            round(size * 1.28, 2),
            color,
            bold=level < 6,
            italic=level == 6,
            space_before=size * 0.75 + 8,
            language=self.language,
        )

    @cached_property
    def note(self) -> TextStyle:
        """Footnotes."""
        return TextStyle(8.8, 12.6, self.palette.ink, space_before=4, language=self.language)

    @cached_property
    def caption(self) -> TextStyle:
        """What figures and tables are called."""
        return TextStyle(
            8.8, 12.4, self.palette.muted, space_before=self.box_gap, space_after=6, language=self.language
        )

    @cached_property
    def formula(self) -> TextStyle:
        """Displayed mathematics, formulas that have to be set as text included."""
        return replace(self.body, alignment="center", space_before=10, space_after=10)

    @cached_property
    def turned(self) -> "Theme":
        """The same theme on the page's long side, for what is too wide to stand upright."""
        width, height = self.page_size
        return replace(self, page_size=(height, width))

    @cached_property
    def small(self) -> TextStyle:
        """Running header, footer and captions."""
        return TextStyle(8, 11, self.palette.muted, language=self.language)


DEFAULT = Theme()
