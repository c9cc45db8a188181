"""`make up`: the stack and the UI until Ctrl-C."""

import asyncio
import time

from rich.console import Console

from local_stack.interrupts import interruptible
from local_stack.settings import StackSettings
from local_stack.stack import LocalStack


async def up(settings: StackSettings, console: Console) -> int:
    """Run the stack until a signal; return the exit code.

    Raises:
        StackError: the stack did not start.

    """

    def say(line: str) -> None:
        console.print(line, markup=False, highlight=False, soft_wrap=True)

    started = time.monotonic()
    stack = LocalStack(settings, say=say)
    try:
        with interruptible(lambda: say("\nStopping"), stack.hurry):
            async with stack:
                for line in _summary(stack, time.monotonic() - started):
                    say(line)
                await asyncio.Event().wait()
    except asyncio.CancelledError:
        say(f"Stopped. Everything is kept in {stack.folder.root}; `make up` goes on from there.")
    return 0


def _summary(stack: LocalStack, seconds: float) -> list[str]:
    return [
        f"Ready in {seconds:.1f} s",
        "",
        f"  UI           {stack.gateway_url}",
        f"  Temporal UI  {stack.temporal_ui_url}",
        f"  Model        {stack.settings.model_name}",
        f"  Data         {stack.folder.root}",
        f"  Logs         {stack.folder.logs}",
        "",
        "Stop with Ctrl-C.",
    ]
