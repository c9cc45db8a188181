"""What a PDF that was made here says of itself."""

import re

from pdf_worker.render.document import RenderedPdf
from pdf_worker.render.pages import PLAIN_CREATOR

_PAGES = re.compile(rb"/Count (\d+)\s+/Kids \[[^\]]*\]\s+/Type /Pages\b")


def read_back(content: bytes) -> RenderedPdf:
    """Return a stored PDF with its number of pages and whether only plain text was set.

    Raises:
        ValueError: it was not made by this renderer.

    """
    pages = _PAGES.search(content)
    if pages is None:
        raise ValueError("not a PDF of this renderer")
    return RenderedPdf(content, int(pages.group(1)), f"/Creator ({PLAIN_CREATOR})".encode() in content)
