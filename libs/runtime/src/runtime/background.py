"""Work that goes on beside other work and ends with it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

CANCEL_AGAIN_AFTER_SECONDS = 1.0


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Do `work` while the context is open; it has ended when the context has closed."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        # Before Python 3.12 `asyncio.wait_for` gives its result instead of a cancellation that comes with it
        # (python/cpython#86296): a loop that was asked only once to end may go on for ever.
        while not task.done():
            task.cancel()
            await asyncio.wait((task,), timeout=CANCEL_AGAIN_AFTER_SECONDS)
