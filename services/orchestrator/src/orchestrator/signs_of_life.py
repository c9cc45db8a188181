"""How workflow code tells watchers how far a report is: like a line in a log, outside of its history.

A sign is emitted once for each time that workflow code really runs, never while it replays. After a crash the
same step may emit the same sign again, under the same id.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from temporalio import workflow

from contracts.events import ReportProgressed, ReportStarted


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """A fact worth telling once; whoever misses it learns the same from the next one."""

    event: ReportStarted | ReportProgressed
    event_id: str
    occurred_at: datetime
    traceparent: str | None


# Called from the threads that run workflow code; it must neither wait nor raise.
Outlet = Callable[[SignOfLife], None]


def _nobody(_: SignOfLife) -> None:
    """Take signs where nobody watches."""


_outlets: list[Outlet] = [_nobody]


@contextmanager
def told_to(outlet: Outlet) -> Iterator[None]:
    """Send the process's signs to `outlet` while the context is open."""
    _outlets.append(outlet)
    try:
        yield
    finally:
        _outlets.remove(outlet)


def emit(sign: SignOfLife) -> None:
    """Tell from workflow code; trouble with telling is never the workflow's."""
    if workflow.unsafe.is_replaying():
        return
    try:
        _outlets[-1](sign)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the report goes on
        workflow.logger.warning(
            "progress.sign_lost", extra={"event_id": sign.event_id, "error": type(error).__name__}
        )
