"""Work of a workflow that is done one after the other, beside what the workflow does meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable

Work = Callable[[], Awaitable[None]]


class InOrder:
    """A line of pieces of work; each begins when the one before it has ended."""

    def __init__(self) -> None:
        self._last: asyncio.Task[None] | None = None

    def later(self, work: Work) -> None:
        """Do the work while the workflow goes on."""
        self._last = asyncio.create_task(self._after(self._last, work))

    async def now(self, work: Work) -> None:
        """Return when the work, and all that stood in line before it, is done; raises what it raises."""
        await self._after(self._last, work)

    @staticmethod
    async def _after(before: "asyncio.Task[None] | None", work: Work) -> None:
        if before is not None:
            # Its failure is not this one's: what comes later tells the newer state.
            await asyncio.wait([before])
        await work()
