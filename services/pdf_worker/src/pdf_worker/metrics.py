"""The closed set of this worker's metrics."""

from prometheus_client import Counter, Histogram

RENDER_SECONDS = Histogram(
    "pdf_render_seconds",
    "Seconds from a draft's text to a PDF, waiting for a free process included.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
)
PAGES = Histogram("pdf_pages", "Pages of a PDF.", buckets=(2, 5, 10, 20, 50, 100, 200, 500, 1000))
DEGRADED = Counter("pdf_degraded_total", "PDFs that were set as plain text because typesetting failed.")
FAILED = Counter("pdf_failed_total", "Drafts that could not be rendered at all.")
MISSING_GLYPHS = Counter(
    "pdf_missing_glyphs_total",
    "Characters of a report that no installed font has, each counted once, by script (ISO 15924).",
    ["script"],
)
PROCESSES_LOST = Counter(
    "pdf_render_processes_lost_total", "Rendering processes that died or were killed in a job.", ["reason"]
)
