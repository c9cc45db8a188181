"""Ctrl-C and SIGTERM: the first ends the work in order, the next ones hurry."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local_stack.process import signal_on_parent_death

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def interruptible(on_first: Callable[[], None], on_next: Callable[[], None]) -> Iterator[None]:
    """Cancel the current task on the first signal; call `on_next` on each one after it."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    seen: list[signal.Signals] = []

    def handle(number: signal.Signals) -> None:
        if seen:
            on_next()
        elif task is not None:
            on_first()
            task.cancel()
        seen.append(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, handle, number)
    if "MAKELEVEL" in os.environ:
        # A make that is killed passes nothing on.
        signal_on_parent_death(signal.SIGTERM)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
