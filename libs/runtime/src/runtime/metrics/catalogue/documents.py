"""The PDF worker."""

from runtime.metrics.definitions import Counter, Histogram, Label, Process

BY = (Process.PDF_WORKER,)

RENDER_SECONDS = Histogram(
    "pdf_render_seconds",
    "From a draft's text to a PDF, waiting for a free rendering process included.",
    unit="seconds",
    by=BY,
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
)
PAGES = Histogram(
    "pdf_pages", "Pages of a PDF.", unit="pages", by=BY, buckets=(2, 5, 10, 20, 50, 100, 200, 500, 1000)
)
DEGRADED = Counter(
    "pdf_degraded_total", "PDFs that were set as plain text because typesetting failed.", unit="PDFs", by=BY
)
FAILED = Counter("pdf_failed_total", "Drafts that could not be rendered at all.", unit="drafts", by=BY)
MISSING_GLYPHS = Counter(
    "pdf_missing_glyphs_total",
    "Characters of a report that no installed font has, each counted once, by script.",
    unit="characters",
    by=BY,
    labels=(Label("script", source="script codes of ISO 15924"),),
)
PROCESSES_LOST = Counter(
    "pdf_render_processes_lost_total",
    "Rendering processes lost in a job: they `died`, or `timed_out` and were killed.",
    unit="processes",
    by=BY,
    labels=(Label("reason", ("died", "timed_out")),),
)

METRICS = (RENDER_SECONDS, PAGES, DEGRADED, FAILED, MISSING_GLYPHS, PROCESSES_LOST)
