"""Setting a report as a PDF: seconds, pages per second and memory, beside WeasyPrint on the same Markdown.

Compared are processes that have been at work: each has its fonts open and has set the report once. Then they
take turns, so that what else the machine does hits both. What ours keeps from one report to the next is fonts
and words, never a page; how long its first report took is printed too. WeasyPrint is installed for this
measurement only, in an environment of its own; where it or the system libraries that it needs cannot be had,
the comparison is left out, and that is said.
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
TURNS = 3
GOAL_FACTOR, GOAL_MIB, GOAL_LINEAR = 20.0, 250.0, 1.25


class Subject:
    """A renderer in a process of its own, which sets reports when it is asked to."""

    def __init__(self, python: Path | str, name: str) -> None:
        command = [str(python), str(SUBJECT), name, str(cjk_font())]
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def render(self, markdown: str, runs: int = 1) -> dict[str, Any]:
        """Set a report so many times; return the seconds of each run, those of the processor, and pages."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"markdown": markdown, "runs": runs}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> float:
        """End the process and return the most memory that it has held, in MiB."""
        assert self._process.stdin
        self._process.stdin.close()
        peak: float = self._answer()["peak_mib"]
        self._process.wait()
        return peak

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


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
        ours = Subject(sys.executable, "ours")
        theirs = Subject(python, "weasyprint") if python is not None else None
        first = ours.render(text)
        if theirs is not None:
            theirs.render(text)
        mine, other = [], []
        for _ in range(TURNS):
            mine.append(ours.render(text, 3))
            if theirs is not None:
                other.append(theirs.render(text))
        peak = ours.close()
        row("our first report", first, peak)
        median = row("durable reports", joined(mine), peak)
        print(f"  under {GOAL_MIB:.0f} MiB: {verdict(peak < GOAL_MIB)}")
        if theirs is not None:
            factor = row("WeasyPrint", joined(other), theirs.close()) / median
            print(f"  {factor:.1f} times faster (goal {GOAL_FACTOR:.0f}): {verdict(factor >= GOAL_FACTOR)}")


def joined(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Put the runs of several turns together."""
    runs = {key: [time for result in results for time in result[key]] for key in ("seconds", "processor")}
    return {**results[0], **runs}


def linearity() -> None:
    """Set reports of growing length, in turns; the cost of a section, nearly a page, must not grow."""
    print("Length")
    ours = Subject(sys.executable, "ours")
    texts = {pages: english_report(pages) for pages in PAGES}
    ours.render(texts[PAGES[0]])
    results: dict[int, list[dict[str, Any]]] = {pages: [] for pages in PAGES}
    for _ in range(TURNS):
        for pages, text in texts.items():
            results[pages].append(ours.render(text, 5 if pages < 100 else 1))
    peak = ours.close()
    costs = []
    for pages in PAGES:
        result = joined(results[pages])
        costs.append(row(f"about {pages} pages", result, peak) / pages)
    growth = costs[-1] / costs[0]
    print(
        f"  a section of the longest costs {growth:.2f} of one of the shortest (goal {GOAL_LINEAR}): "
        f"{verdict(growth <= GOAL_LINEAR)}"
    )


def parallel() -> None:
    """Set reports in as many processes as there are cores."""
    cores = os.cpu_count() or 1
    text = english_report(20)
    with ThreadPoolExecutor(cores) as pool:
        started = perf_counter()
        subjects = [Subject(sys.executable, "ours") for _ in range(cores)]
        done = list(pool.map(lambda subject: subject.render(text, 10), subjects))
        elapsed = perf_counter() - started
    for subject in subjects:
        subject.close()
    pages = sum(result["pages"] * len(result["seconds"]) for result in done)
    print(f"{cores} processes: {pages / elapsed:.1f} pages/s together, their start included")


if __name__ == "__main__":
    print("Markdown to PDF\n")
    compare()
    linearity()
    parallel()
