"""Why a running call is stopped from outside, and how it is stopped when the worker is."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from enum import Enum, auto
from typing import Any, TypeVar

from temporalio import activity

LAST_STEPS_TIMEOUT = timedelta(seconds=3)

ResultT = TypeVar("ResultT")


class Interruption(Enum):
    """Why a call's task was cancelled."""

    CANCELLED = auto()
    """The workflow stops the step, for good or until it is resumed: it says what becomes of the answer."""
    STOPPING = auto()
    """This worker was told to stop: another one goes on."""
    LOST = auto()
    """Temporal has given this attempt up: another one may be running."""


class HandedOverError(Exception):
    """The worker stops, and the call is for another one to go on with."""


def interruption() -> Interruption:
    """Say why this task is being cancelled."""
    details = activity.cancellation_details()
    if details is None or details.worker_shutdown:
        return Interruption.STOPPING
    return Interruption.CANCELLED if details.cancel_requested else Interruption.LOST


async def until_stopped(
    work: Coroutine[Any, Any, ResultT],
    finish_within: Callable[[], timedelta],
    is_nearly_done: Callable[[], bool],
) -> ResultT:
    """Do the work; when the worker is told to stop, end it unless it is finished in the time it is given.

    When it is cancelled, what is nearly done is still given `LAST_STEPS_TIMEOUT`: it has been paid for.

    Raises:
        HandedOverError: it was not.

    """
    working = asyncio.create_task(work)
    stop = asyncio.create_task(activity.wait_for_worker_shutdown())
    try:
        await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            await asyncio.wait({working}, timeout=finish_within().total_seconds())
    except asyncio.CancelledError:
        if not is_nearly_done():
            raise
        await asyncio.wait({working}, timeout=LAST_STEPS_TIMEOUT.total_seconds())
        if not working.done():
            raise
    finally:
        stop.cancel()
        working.cancel()
        await asyncio.gather(working, stop, return_exceptions=True)
    if working.cancelled():
        raise HandedOverError
    return working.result()
