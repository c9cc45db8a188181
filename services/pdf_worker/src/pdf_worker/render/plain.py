"""The last resort: the report's text, paragraph by paragraph, with no layout that could go wrong."""

import re

from pdf_worker.render.blocks import Run
from pdf_worker.render.cleaning import clean
from pdf_worker.render.flowables import Flow
from pdf_worker.render.text_flows import TextFlow
from pdf_worker.theme import Theme

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")


def plain_flowables(text: str, theme: Theme) -> list[Flow]:
    """Return one flowable per paragraph; line feeds are kept."""
    paragraphs = (paragraph.strip("\n") for paragraph in _BLANK_LINES.split(clean(text)))
    return [TextFlow([Run(paragraph)], theme, theme.body) for paragraph in paragraphs if paragraph.strip()]
