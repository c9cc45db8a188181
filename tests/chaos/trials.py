"""One fault at one moment of one report, timed: the cells of the matrix."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.chaos.moments import Moment
from tests.chaos.stage import Stage

DELIVERED_WITHIN_SECONDS = 120.0


@dataclass(frozen=True)
class Trial:
    """What is broken, how and when; `run` does it and gives the seconds from its end to the webhook."""

    target: str
    fault: str
    moment: str
    run: Callable[[Stage, str], Awaitable[float | None]]
    is_round: bool = False
    """Several faults that a seed chose."""

    @property
    def name(self) -> str:
        """Say it in a line."""
        return f"{self.target}: {self.fault}{self.moment and ', '}{self.moment}"


class NotDeliveredError(Exception):
    """A report was not delivered in time after the fault was over."""


@asynccontextmanager
async def held_report(stage: Stage, prompt: str, moment: Moment) -> AsyncIterator["asyncio.Task[str]"]:
    """Ask for a report and hold it at a moment; yields the asking, which may not have been answered yet."""
    await moment.arm(stage, prompt)
    asking = asyncio.create_task(stage.ask(prompt))
    try:
        async with asyncio.timeout(DELIVERED_WITHIN_SECONDS):
            await moment.reached(stage, prompt)
        yield asking
    except TimeoutError:
        raise NotDeliveredError(f"never came to: {moment.name}") from None
    finally:
        moment.release(stage, prompt)
        if not asking.done():
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)


async def until_delivered(stage: Stage, asking: "asyncio.Task[str]", over: float) -> float:
    """Wait for the report and give the seconds since its fault was over (0: it did not even need that).

    Raises:
        NotDeliveredError: it did not come.

    """
    try:
        async with asyncio.timeout(DELIVERED_WITHIN_SECONDS):
            await stage.finished(await asking)
    except TimeoutError:
        raise NotDeliveredError(f"not delivered within {DELIVERED_WITHIN_SECONDS:.0f} s") from None
    return max(0.0, asyncio.get_running_loop().time() - over)
