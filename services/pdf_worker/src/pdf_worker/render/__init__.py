"""Markdown in, PDF out: parse -> blocks -> flowables -> pages. Pure: no network, no files, no clock."""

from pdf_worker.render.document import RenderedPdf, render_plain, render_report
from pdf_worker.render.info import DocumentInfo

__all__ = ["DocumentInfo", "RenderedPdf", "render_plain", "render_report"]
