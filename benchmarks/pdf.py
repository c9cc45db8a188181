"""Setting a report as a PDF: seconds, pages per second and memory, beside WeasyPrint on the same Markdown.

WeasyPrint is installed for this measurement only, in an environment of its own; where it or the system
libraries that it needs cannot be had, the comparison is left out, and that is said.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.pdf_texts import chinese_report, english_report

SUBJECT = Path(__file__).with_name("pdf_subject.py")
ENVIRONMENT = Path(__file__).parents[1] / ".tools" / "weasyprint"
SYSTEM_LIBRARIES = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
PAGES = (10, 50, 100, 300)
GOAL_FACTOR, GOAL_MIB, GOAL_LINEAR = 20.0, 250.0, 1.25


def measure(python: Path | str, subject: str, jobs: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """Run jobs of (Markdown, number of runs) in one process; the last result is its peak memory."""
    lines = "".join(json.dumps({"markdown": text, "runs": runs}) + "\n" for text, runs in jobs)
    command = [str(python), str(SUBJECT), subject, str(cjk_font())]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)  # noqa: S603 - our own script
    return [json.loads(line) for line in done.stdout.splitlines()]


def cjk_font() -> Path:
    """Give the Chinese font that both use."""
    package = find_spec("justmytype_intl_cjk")
    assert package is not None
    assert package.submodule_search_locations
    return Path(package.submodule_search_locations[0]) / "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"


def weasyprint_python() -> Path | None:
    """Install WeasyPrint if need be; None, with the reason printed, when that does not work."""
    python = ENVIRONMENT / "bin/python"
    uv = os.environ.get("UV") or shutil.which("uv")
    if not python.exists():
        if uv is None:
            print("WeasyPrint: SKIPPED, there is no uv to install it with")
            return None
        installed = run(uv, "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)) and run(
            uv, "pip", "install", "--quiet", "--python", str(python), "weasyprint>=69", "markdown-it-py>=4"
        )
        if not installed:
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)
            print("WeasyPrint: SKIPPED, it could not be installed")
            return None
    if not run(str(python), "-c", "import weasyprint") and os.geteuid() == 0 and shutil.which("apt-get"):
        run("apt-get", "update", "-q")
        run("apt-get", "install", "-qq", "-y", "--no-install-recommends", *SYSTEM_LIBRARIES)
    if not run(str(python), "-c", "import weasyprint"):
        print(f"WeasyPrint: SKIPPED, it needs system libraries: {' '.join(SYSTEM_LIBRARIES)}")
        return None
    return python


def run(*command: str) -> bool:
    """Run a command in silence; whether it succeeded."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed commands


def row(name: str, result: dict[str, Any], peak: float) -> float:
    """Print one measurement and return its median of seconds of the processor.

    These are compared, because what else a machine does changes them little.
    """
    seconds: float = statistics.median(result["seconds"])
    processor: float = statistics.median(result["processor"])
    pages: int = result["pages"]
    print(
        f"  {name:<18} {seconds:7.3f} s/report ({processor:.3f} s of the processor)   {pages:4d} pages"
        f"   {pages / seconds:7.1f} pages/s   {peak:5.0f} MiB at most"
    )
    return processor


def verdict(reached: bool) -> str:  # noqa: FBT001 - it is the question
    """Say whether a goal was reached."""
    return "yes" if reached else "NO"


def compare() -> None:
    """Set the same reports with both, in turns of one process each."""
    texts = {"Chinese, 16 KB": chinese_report(), "English, 20 sections": english_report(20)}
    python = weasyprint_python()
    for name, text in texts.items():
        print(name)
        mine, memory = measure(sys.executable, "ours", [(text, 1), (text, 7)])[1:]
        median = row("durable reports", mine, memory["peak_mib"])
        print(f"  under {GOAL_MIB:.0f} MiB: {verdict(memory['peak_mib'] < GOAL_MIB)}")
        if python is not None:
            theirs, theirs_memory = measure(python, "weasyprint", [(text, 3)])
            factor = row("WeasyPrint", theirs, theirs_memory["peak_mib"]) / median
            print(f"  {factor:.1f} times faster (goal {GOAL_FACTOR:.0f}): {verdict(factor >= GOAL_FACTOR)}")


def linearity() -> None:
    """Set reports of growing length; the cost of a page must not grow."""
    print("Length")
    jobs = [(english_report(pages), 3 if pages < 100 else 1) for pages in PAGES]
    *results, memory = measure(sys.executable, "ours", [jobs[0], *jobs])
    costs = []
    for pages, result in zip(PAGES, results[1:], strict=True):
        median = row(f"about {pages} pages", result, memory["peak_mib"])
        costs.append(median / result["pages"])
    growth = costs[-1] / costs[0]
    print(
        f"  a page of the longest costs {growth:.2f} of one of the shortest (goal {GOAL_LINEAR}): "
        f"{verdict(growth <= GOAL_LINEAR)}"
    )


def parallel() -> None:
    """Set reports in as many processes as there are cores."""
    cores = os.cpu_count() or 1
    job = [(english_report(20), 10)]
    with ThreadPoolExecutor(cores) as pool:
        started = perf_counter()
        done = list(pool.map(lambda _: measure(sys.executable, "ours", job), range(cores)))
        elapsed = perf_counter() - started
    pages = sum(result[0]["pages"] * len(result[0]["seconds"]) for result in done)
    print(f"{cores} processes: {pages / elapsed:.1f} pages/s together, their start included")


if __name__ == "__main__":
    print("Markdown to PDF\n")
    compare()
    linearity()
    parallel()
