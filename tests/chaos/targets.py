"""What can be struck, and how."""

import asyncio
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import psutil

from tests.running_stack import RunningStack

PAUSE_SECONDS = 10.0
CHECK_INTERVAL_SECONDS = 0.05

Release = Callable[[], None]


class Target(StrEnum):
    """A process of the stack, or all of them."""

    GATEWAY = "gateway"
    INTAKE = "intake"
    WORKFLOWS = "workflow worker"
    METADATA = "metadata worker"
    LLM = "llm_worker"
    PDF = "pdf_worker"
    ANNOUNCER = "announcer"
    DISPATCHER = "dispatcher"
    NATS = "NATS"
    TEMPORAL = "Temporal"
    POSTGRES = "PostgreSQL"
    EVERYTHING = "everything"


class Strike(StrEnum):
    """What happens to a target."""

    KILL = "SIGKILL"
    PAUSE = "SIGSTOP 10 s"
    END = "SIGTERM"


_SERVICES = {
    Target.GATEWAY: ["gateway", "gateway"],
    Target.INTAKE: ["orchestrator", "intake"],
    Target.WORKFLOWS: ["orchestrator", "workflows"],
    Target.METADATA: ["orchestrator", "metadata"],
    Target.LLM: ["llm_worker", "worker"],
    Target.PDF: ["pdf_worker", "worker"],
    Target.ANNOUNCER: ["notifier", "announcer"],
    Target.DISPATCHER: ["notifier", "dispatcher"],
}
_SERVERS = {Target.NATS: "nats-server", Target.TEMPORAL: "temporal", Target.POSTGRES: "postgres"}


class Striker:
    """Strikes the processes of one stack."""

    def __init__(self, stack: RunningStack) -> None:
        self._stack = stack
        # Nothing else is struck while the stack as a whole goes down and comes back.
        self._choosing = asyncio.Lock()

    async def strike(self, target: Target, how: Strike, release: Release) -> float:
        """Strike a target and let go of what is held there; give the loop's time when the fault was over.

        A kill is over as soon as it is done: that the stack starts the process again is part of the recovery.
        """
        if target is Target.EVERYTHING and how is not Strike.PAUSE:
            async with self._choosing:
                return await self._restart(how, release)
        async with self._choosing:
            victims = await self._victims(target)
        if how is Strike.PAUSE:
            return await _pause(victims, release)
        struck = asyncio.get_running_loop().time()
        # PostgreSQL's own word for an orderly end is SIGINT: after SIGTERM it waits for clients to leave.
        orderly = signal.SIGINT if target is Target.POSTGRES else signal.SIGTERM
        _send(victims[:1], signal.SIGKILL if how is Strike.KILL else orderly)
        release()
        return struck

    async def freeze(self, target: Target) -> None:
        """Stop a target where it is; striking it is all that can be done with it then."""
        async with self._choosing:
            _send(await self._victims(target), signal.SIGSTOP)

    async def _restart(self, how: Strike, release: Release) -> float:
        family = self._stack.family()
        end: Callable[[], None] = self._stack.kill if how is Strike.KILL else self._stack.stop
        struck = asyncio.get_running_loop().time()
        await asyncio.to_thread(end)
        await asyncio.to_thread(psutil.wait_procs, family, timeout=10)
        release()
        await asyncio.to_thread(self._stack.start)
        return struck

    async def _victims(self, target: Target) -> list[psutil.Process]:
        """List the target's process, then what it has started; one just struck is on its way back."""
        if target is Target.EVERYTHING:
            return self._stack.family()
        while True:
            for process in self._stack.children():
                if _is(process, target):
                    return [process, *process.children(recursive=True)]
            await asyncio.sleep(CHECK_INTERVAL_SECONDS)


async def _pause(victims: list[psutil.Process], release: Release) -> float:
    _send(victims, signal.SIGSTOP)
    release()
    try:
        await asyncio.sleep(PAUSE_SECONDS)
    finally:
        _send(reversed(victims), signal.SIGCONT)
    return asyncio.get_running_loop().time()


def _is(process: psutil.Process, target: Target) -> bool:
    try:
        command = process.cmdline()
    except psutil.Error:
        return False
    if target in _SERVERS:
        return bool(command) and Path(command[0]).name == _SERVERS[target]
    return command[-2:] == _SERVICES[target]


def _send(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(number)
