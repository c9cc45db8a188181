"""Starting a child process so that it can never outlive the supervisor."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local_stack.logs import LogFile

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


async def _always() -> bool:
    return True


@dataclass(frozen=True)
class Account:
    """The user and group that a process runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class ProcessSpec:
    """How to run one process, how to tell that it is ready, and how to stop it."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    log: LogFile
    folder: Path
    is_ready: Callable[[], Awaitable[bool]] = _always
    before_start: Callable[[], None] = field(default=lambda: None)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 6.0
    start_timeout: float = 60.0


async def spawn(spec: ProcessSpec) -> Process:
    """Start the process in a session of its own, its output appended to its log."""
    spec.before_start()
    account = spec.account
    with spec.log.path.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *spec.argv,
            cwd=spec.folder,
            env=dict(spec.environment),
            stdin=DEVNULL,
            stdout=log,
            stderr=STDOUT,
            start_new_session=True,
            # Runs after the change of user, which would clear the death signal.
            preexec_fn=_die_with_parent(os.getpid()),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def signal_on_parent_death(number: signal.Signals) -> None:
    """Ask the kernel to send this signal to the calling process when its parent dies (Linux only)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def _die_with_parent(supervisor: int) -> Callable[[], None]:
    def arrange() -> None:
        signal_on_parent_death(signal.SIGKILL)
        # The supervisor may have died before the request took effect.
        if os.getppid() != supervisor:
            os._exit(1)

    return arrange


def kill_session(leader: int) -> None:
    """Kill what is left of the process group that a child led."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def describe_exit(code: int) -> str:
    """Put a return code in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
