"""A report's progress for people: live in a terminal, plain lines elsewhere."""

import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from local_stack.report.progress import Progress

STEP_NAMES = {
    "llm_call": "Write the text",
    "review": "Wait for a decision",
    "create_pdf": "Make the PDF",
    "store_report_metadata": "Store the record",
    "send_notification": "Announce it",
}
MARKS = {"pending": "○", "running": "●", "done": "✓", "failed": "✗", "cancelled": "✗"}
STYLES = {"pending": "dim", "running": "bold cyan", "done": "green", "failed": "red", "cancelled": "yellow"}
TEXT_LINES = 14


class View(Protocol):
    """Something that shows progress while its `with` block runs."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, progress: Progress) -> None:
        """Show the picture as it is now."""


def view_for(console: Console, started: float) -> View:
    """Choose the view that fits the output; `started` is a `time.monotonic()`."""
    return LiveView(console, started) if console.is_terminal else PlainView(console, started)


class LiveView:
    """Steps, the end of the text as it is written, and the elapsed time, redrawn in place."""

    def __init__(self, console: Console, started: float) -> None:
        self._console = console
        self._started = started
        self._progress = Progress()
        self._live: AbstractContextManager[Live] = Live(
            console=console, get_renderable=self._draw, refresh_per_second=8, transient=False
        )

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def show(self, progress: Progress) -> None:
        """Draw it at the next refresh."""
        self._progress = progress

    def _draw(self) -> RenderableType:
        progress = self._progress
        lines = Text()
        for step in progress.steps:
            name = STEP_NAMES.get(step.name, step.name)
            lines.append(f"  {MARKS.get(step.state, '·')} {name}\n", style=STYLES.get(step.state, ""))
        lines.append(
            f"  {time.monotonic() - self._started:.0f} s · {len(progress.text.split())} words", style="dim"
        )
        if not progress.text or progress.is_over:
            return lines
        width = max(20, self._console.width - 4)
        written = Text(progress.text).wrap(self._console, width)[-TEXT_LINES:]
        return Group(Panel(Text("\n").join(written), border_style="dim"), lines)


class PlainView:
    """A line for each change of a step, and the text line by line as it is completed."""

    def __init__(self, console: Console, started: float) -> None:
        self._console = console
        self._started = started
        self._states: dict[str, str] = {}
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def show(self, progress: Progress) -> None:
        """Print what is new."""
        self._show_text(progress.text, whole=progress.is_over or self._writing_is_done(progress))
        for step in progress.steps:
            if self._states.get(step.name, "pending") != step.state:
                self._states[step.name] = step.state
                seconds = time.monotonic() - self._started
                self._print(f"[{seconds:6.1f} s] {STEP_NAMES.get(step.name, step.name)}: {step.state}")

    def _writing_is_done(self, progress: Progress) -> bool:
        return any(step.name == "llm_call" and step.state == "done" for step in progress.steps)

    def _show_text(self, text: str, *, whole: bool) -> None:
        complete = text if whole else text[: text.rfind("\n") + 1]
        if not complete.startswith(self._shown):
            if self._shown.startswith(text):
                return
            self._print("    (the model writes the text again)")
            self._shown = ""
        if fresh := complete[len(self._shown) :]:
            for line in fresh.strip("\n").split("\n"):
                self._print(f"    {line}")
            self._shown = complete

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)
