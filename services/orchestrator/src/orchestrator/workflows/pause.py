"""Pausing a report: the running step is stopped, and begun again when the report is resumed."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from contracts.workflows import REPORT_IS_ENDING

ResultT = TypeVar("ResultT")


class Pause:
    """Whether one report is paused, and the step that a pause stops."""

    def __init__(self) -> None:
        self.is_on = False
        self.count = 0
        """How often the report was paused."""
        self._ending = False
        self._running: workflow.ActivityHandle[Any] | None = None
        self._stopped = False

    def check(self) -> None:
        """Refuse to pause a report that ends.

        Raises:
            ApplicationError: type `report_is_ending`.

        """
        if self._ending:
            raise ApplicationError(
                "The report has come to its end: it is only stored and announced now. It cannot be paused.",
                type=REPORT_IS_ENDING,
            )

    def begin(self) -> bool:
        """Stop the running step; False when the report is paused already."""
        if self.is_on:
            return False
        self.is_on = True
        self.count += 1
        if self._running is not None and not self._running.done():
            self._stopped = True
            self._running.cancel()
        return True

    def end(self) -> bool:
        """Let the report go on; False when it is not paused."""
        was_on, self.is_on = self.is_on, False
        return was_on

    def end_for_good(self) -> None:
        """Let the report come to its end, which no pause interrupts."""
        self._ending, self.is_on = True, False

    async def step(self, start: Callable[[], "workflow.ActivityHandle[ResultT]"]) -> ResultT:
        """Do a step, again and again if a pause stops it, until it is done.

        `start` must wait for the end of what is cancelled: else two of it would run at once.

        Raises:
            ActivityError: it failed by itself.
            asyncio.CancelledError: the report was cancelled.

        """
        while True:
            if self.is_on:
                await workflow.wait_condition(lambda: not self.is_on)
            self._running, self._stopped = start(), False
            try:
                result = await self._running
            except (ActivityError, asyncio.CancelledError):
                _raise_if_cancelled()
                # Whatever it says: a worker that dies while it stops times out.
                if not self._stopped:
                    raise
            else:
                _raise_if_cancelled()
                return result
            finally:
                self._running = None


def _raise_if_cancelled() -> None:
    # The SDK gives an activity's result instead of a cancellation that came while it ran.
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
