"""What the PDF worker counts, as the catalogue has it."""

from runtime.metrics.catalogue.documents import (
    DEGRADED,
    FAILED,
    MISSING_GLYPHS,
    PAGES,
    PROCESSES_LOST,
    RENDER_SECONDS,
)

__all__ = ["DEGRADED", "FAILED", "MISSING_GLYPHS", "PAGES", "PROCESSES_LOST", "RENDER_SECONDS"]
