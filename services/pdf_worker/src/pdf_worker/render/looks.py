"""How a stretch of text is set: its faces, its size, its direction."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from pdf_worker.fonts import Chain, Cut, chain
from pdf_worker.render.blocks import RunStyle
from pdf_worker.theme import TextStyle

CODE_SCALE = 0.9
"""Monospaced text beside running text is set smaller, so that both look alike in size."""
RISE_SCALE = 0.72
"""Size of super- and subscripts beside the text that they belong to."""


@dataclass(frozen=True, eq=False)
class Look:
    """All that decides how text is set; odd embedding levels run from right to left. See `look_of`."""

    style: RunStyle
    block: TextStyle
    language: str
    level: int

    @cached_property
    def size(self) -> float:
        """Font size in points."""
        return size_of(self.style, self.block)

    @cached_property
    def font(self) -> Chain:
        """The faces that the text is set in."""
        return chain(cut_of(self.style, self.block), self.language)

    @cached_property
    def rtl(self) -> bool:
        """Whether the text runs from right to left."""
        return self.level % 2 == 1


@lru_cache(1024)
def look_of(style: RunStyle, block: TextStyle, language: str = "", level: int = 0) -> Look:
    """Return a look; the same arguments give the same object as long as it is remembered."""
    return Look(style, block, language, level)


def cut_of(style: RunStyle, block: TextStyle) -> Cut:
    """Choose the font for a run inside a block."""
    return Cut(style.code or block.mono, style.bold or block.bold, style.italic or block.italic)


def size_of(style: RunStyle, block: TextStyle) -> float:
    """Font size in points for a run inside a block."""
    size = block.size * CODE_SCALE if style.code and not block.mono else block.size
    return size * RISE_SCALE if style.rise else size
