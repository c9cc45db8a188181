"""Typefaces from installed packages: what sets which text, how it is shaped, how it gets into the file."""

from pdf_worker.fonts.catalog import TEXT_FILES, Cut
from pdf_worker.fonts.chain import REPLACEMENT, Chain, Segment, chain, is_east_asian, load_fonts, script_of
from pdf_worker.fonts.face import Face, Glyph

__all__ = [
    "REPLACEMENT",
    "TEXT_FILES",
    "Chain",
    "Cut",
    "Face",
    "Glyph",
    "Segment",
    "chain",
    "is_east_asian",
    "load_fonts",
    "script_of",
]
