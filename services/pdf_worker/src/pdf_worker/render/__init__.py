"""Markdown in, PDF out: parse -> blocks -> flowables -> pages. Pure: no network, no files, no clock."""

from pdf_worker.render.document import RenderedPdf, render_plain, render_report
from pdf_worker.render.info import DocumentInfo
from pdf_worker.render.stored import read_back

__all__ = ["DocumentInfo", "RenderedPdf", "read_back", "render_plain", "render_report"]
