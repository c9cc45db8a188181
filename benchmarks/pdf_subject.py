"""One renderer in a process of its own: `python pdf_subject.py ours|weasyprint CJK_FONT < jobs > results`.

A job is a line of JSON, {"markdown": …, "runs": n}. The result of each is a line with the seconds of every
run, those of the processor, and the number of pages; the last line is {"peak_mib": …}. It runs in the
renderer's own environment and imports nothing else of ours.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

Render = Callable[[str], int]


def ours() -> Render:
    """Give this project's renderer, warmed up as in a rendering process."""
    from pdf_worker.render import (  # noqa: PLC0415 - only one of the two renderers is installed here
        DocumentInfo,
        render_report,
    )
    from pdf_worker.render_process import warm_up  # noqa: PLC0415 - as above

    warm_up()
    info = DocumentInfo("Grid storage", "?", "model", datetime(2026, 1, 1, tzinfo=UTC), "report-1")

    def render(markdown: str) -> int:
        rendered = render_report(markdown, info)
        assert not rendered.degraded, rendered.failure
        return rendered.pages

    return render


def weasyprint(cjk_font: str) -> Render:
    """Give markdown-it to HTML to WeasyPrint, with its font configuration kept between reports."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only one of the two renderers is installed here
    from weasyprint import CSS, HTML  # type: ignore[import-not-found] # noqa: PLC0415 - installed for this only
    from weasyprint.text.fonts import (  # type: ignore[import-not-found] # noqa: PLC0415 - as above
        FontConfiguration,
    )

    fonts = FontConfiguration()
    style = CSS(
        string=f"""
        @font-face {{ font-family: report; src: url("file://{cjk_font}"); font-weight: 100 900 }}
        body {{ font-family: sans-serif, report; font-size: 10pt }}
        @page {{ size: A4; margin: 25mm; @bottom-right {{ content: counter(page) " / " counter(pages) }} }}
        td, th {{ border-bottom: 1px solid; padding: 4px }}
        """,
        font_config=fonts,
    )
    parser = MarkdownIt("commonmark").enable("table")

    def render(markdown: str) -> int:
        document = HTML(string=parser.render(markdown)).render(stylesheets=[style], font_config=fonts)
        document.write_pdf()
        return len(document.pages)

    return render


def main() -> None:
    """Serve jobs until the input ends."""
    render = ours() if sys.argv[1] == "ours" else weasyprint(sys.argv[2])
    for line in sys.stdin:
        job = json.loads(line)
        seconds, processor, pages = [], [], 0
        for _ in range(job["runs"]):
            started, used = time.perf_counter(), time.process_time()
            pages = render(job["markdown"])
            seconds.append(time.perf_counter() - started)
            processor.append(time.process_time() - used)
        print(json.dumps({"seconds": seconds, "processor": processor, "pages": pages}), flush=True)
    print(json.dumps({"peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main()
