"""A rendering process: `python -m pdf_worker.render_process MEMORY_LIMIT_BYTES [THEME_FILE]`.

Reads jobs from standard input and writes PDFs to standard output until its input ends or its parent dies.
"""

import ctypes
import gc
import os
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from pdf_worker.fonts import load_fonts
from pdf_worker.render import RenderedPdf, render_plain, render_report
from pdf_worker.render_job import LENGTH_BYTES, RenderJob, result_frame
from pdf_worker.theme import Theme
from pdf_worker.theme_file import load_theme

_PR_SET_PDEATHSIG = 1
_ALLOCATIONS_BEFORE_COLLECTION = 50_000


def die_with_parent() -> None:
    """Be killed when the parent is: a render that runs on would hold memory for nobody (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def limit(memory_bytes: int) -> None:
    """Turn memory beyond the limit into MemoryError; leave signals of the process group to the parent."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def serve(jobs: BinaryIO, results: BinaryIO, theme: Theme) -> None:
    """Render job after job until `jobs` ends."""
    while length := jobs.read(LENGTH_BYTES):
        job = RenderJob.from_header(jobs.read(int.from_bytes(length, "big")))
        results.write(result_frame(_render(job, theme)))
        results.flush()


def _render(job: RenderJob, theme: Theme) -> RenderedPdf:
    return (render_plain if job.plain else render_report)(job.markdown, job.info, theme)


def warm_up() -> None:
    """Parse the fonts, and look for garbage less often: a report makes many objects and few cycles."""
    load_fonts()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_BEFORE_COLLECTION, 20, 50)


def main() -> None:
    """Set the process up and serve."""
    die_with_parent()
    limit(int(sys.argv[1]))
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not get between the frames
    warm_up()
    serve(sys.stdin.buffer, results, load_theme(Path(sys.argv[2]) if sys.argv[2:] and sys.argv[2] else None))


if __name__ == "__main__":
    main()
