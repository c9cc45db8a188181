"""Keeps processes alive: restarts with backoff, bounded waits for readiness, bounded stops."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from local_stack.errors import StartupError
from local_stack.process import ProcessSpec, describe_exit, kill_session, spawn

Say = Callable[[str], None]

FIRST_DELAY = 0.2
LONGEST_DELAY = 10.0
STABLE_AFTER = 15.0
EXITS_BEFORE_GIVING_UP = 4
READINESS_INTERVAL = 0.1
LOG_CHECK_INTERVAL = 30.0


class SupervisedProcess:
    """One process that is started again whenever it ends, until it is stopped."""

    def __init__(self, spec: ProcessSpec, say: Say) -> None:
        self.spec = spec
        self.restarts = 0
        self._say = say
        self._process: Process | None = None
        self._last_exit = "not started"
        self._log_start = 0
        self._was_ready = False
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """The name of its log and in messages."""
        return self.spec.name

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    def start(self) -> None:
        """Start the process and keep it alive from now on."""
        self._task = asyncio.create_task(self._keep_alive(), name=f"supervise {self.name}")

    async def wait_ready(self) -> None:
        """Wait until the process answers that it is ready.

        Raises:
            StartupError: it ended several times, or was not ready in its time.

        """
        with suppress(TimeoutError):
            async with asyncio.timeout(self.spec.start_timeout):
                while self.restarts < EXITS_BEFORE_GIVING_UP:
                    if self.pid is not None and await self.spec.is_ready():
                        self._was_ready = True
                        return
                    await asyncio.sleep(READINESS_INTERVAL)
        raise self._startup_error()

    async def stop(self) -> None:
        """Ask the process to end, kill it when its time is over, and wait until it is gone."""
        self._stop.set()
        if self._task is not None:
            await self._task

    def hurry(self) -> None:
        """Make a stop that is under way kill at once."""
        self._stop.set()
        self._hurry.set()

    async def _keep_alive(self) -> None:
        delay = FIRST_DELAY
        while not self._stop.is_set():
            started = asyncio.get_running_loop().time()
            ending = await self._run()
            if self._stop.is_set():
                return
            if asyncio.get_running_loop().time() - started > STABLE_AFTER:
                delay = FIRST_DELAY
            self._note_exit(ending)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _run(self) -> str:
        self._log_start = self.spec.log.prepare()
        try:
            self._process = await spawn(self.spec)
        except OSError as error:
            return f"could not be started: {error}"
        code = await self._until_exit(self._process)
        kill_session(self._process.pid)
        return describe_exit(code)

    def _note_exit(self, ending: str) -> None:
        self.restarts += 1
        self._last_exit = ending
        if self._was_ready:
            self._say(f"{self.name} ended ({self._last_exit}); starting it again. Log: {self.spec.log.path}")

    async def _until_exit(self, process: Process) -> int:
        exited = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(self._stop.wait())
        try:
            while not exited.done() and not stopping.done():
                await asyncio.wait(
                    {exited, stopping}, timeout=LOG_CHECK_INTERVAL, return_when=asyncio.FIRST_COMPLETED
                )
                self.spec.log.bound()
            if not exited.done():
                await self._terminate(process, exited)
            return await exited
        finally:
            stopping.cancel()

    async def _terminate(self, process: Process, exited: asyncio.Task[int]) -> None:
        hurry = asyncio.create_task(self._hurry.wait())
        with suppress(ProcessLookupError):
            process.send_signal(self.spec.stop_signal)
        await asyncio.wait(
            {exited, hurry}, timeout=self.spec.stop_timeout, return_when=asyncio.FIRST_COMPLETED
        )
        hurry.cancel()
        if not exited.done():
            kill_session(process.pid)

    def _startup_error(self) -> StartupError:
        seconds = self.spec.start_timeout
        reason = f"it was not ready within {seconds:.0f} s"
        if self.restarts:
            times = "once" if self.restarts == 1 else f"{self.restarts} times"
            reason = f"it ended {times} ({self._last_exit})"
        return failure(self.spec, reason, self._log_start)


async def all_ready(group: Iterable[SupervisedProcess]) -> None:
    """Wait until each process is ready.

    Raises:
        StartupError: the first that was not; the others are not waited for.

    """
    await together(*(process.wait_ready() for process in group))


async def together(*work: Awaitable[None]) -> None:
    """Wait for all; the first error ends the others."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def stop_all(group: Iterable[SupervisedProcess]) -> None:
    """Stop the processes side by side."""
    await asyncio.gather(*(process.stop() for process in group))


async def run_once(spec: ProcessSpec) -> None:
    """Run a set-up step to its end.

    Raises:
        StartupError: it failed or was not done in its time.

    """
    log_start = spec.log.prepare()
    process = await spawn(spec)
    try:
        code = await asyncio.wait_for(process.wait(), spec.start_timeout)
    except TimeoutError:
        raise failure(spec, f"it was not done within {spec.start_timeout:.0f} s", log_start) from None
    finally:
        kill_session(process.pid)
    if code != 0:
        raise failure(spec, describe_exit(code), log_start)


def failure(spec: ProcessSpec, reason: str, log_start: int) -> StartupError:
    """Make an error that shows the end of the process's log."""
    lines = [f"{spec.name} did not start: {reason}."]
    if tail := spec.log.tail(since=log_start):
        lines += ["Its log ends with:", *(f"    {line}" for line in tail)]
    lines.append(f"Log: {spec.log.path}")
    return StartupError("\n".join(lines))
