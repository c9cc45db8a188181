"""The life of a process: one coroutine until a signal, then an orderly end."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, NoReturn

import structlog

from runtime.background import CANCEL_AGAIN_AFTER_SECONDS
from runtime.metrics.exporting import exporting
from runtime.settings import InvalidSettingsError
from runtime.telemetry import TelemetrySettings, configure_logging
from runtime.trace_export import tracing

Serve = Callable[[], Coroutine[Any, Any, None]]

_serves = threading.Event()

log = structlog.get_logger(__name__)


def serving() -> None:
    """Say that this process has started: from now on it ends in order, which may take its time."""
    _serves.set()


def main(service: str, roles: Mapping[str, Serve]) -> NoReturn:
    """Run the role named by the first argument; exit 0 after a signal, 1 after an error, 2 when misused.

    `SIGTERM` and `SIGINT` cancel the role's coroutine, which releases what it holds on the way out: once when
    it serves, until it ends while it starts. A second signal exits at once.
    """
    role = sys.argv[1] if len(sys.argv) == 2 else ""
    if role not in roles:
        sys.stderr.write(f"usage: python -m {service} {'|'.join(roles)}\n")
        sys.exit(2)
    try:
        telemetry = TelemetrySettings()
        configure_logging(telemetry, service=service, role=role)

        async def serve() -> None:
            async with exporting(service, role, revision=telemetry.build_revision), tracing(service, role):
                await roles[role]()

        code = asyncio.run(_run_until_signal(serve))
    except InvalidSettingsError as error:
        sys.stderr.write(f"Cannot start; these environment variables are missing or wrong:\n{error}\n")
        code = 2
    sys.stdout.flush()
    sys.stderr.flush()
    # Temporal's native runtime can abort while the interpreter is torn down (sdk-python#300).
    os._exit(code)


async def _run_until_signal(serve: Serve) -> int:
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(serve())
    signals: list[signal.Signals] = []
    ending: list[asyncio.Task[None]] = []

    def on_signal(received: signal.Signals) -> None:
        if signals:
            os._exit(128 + received)
        signals.append(received)
        log.info("process.stopping", signal=received.name)
        ending.append(loop.create_task(_end(task)))

    for handled in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(handled, on_signal, handled)
    try:
        await task
    except asyncio.CancelledError:
        return 0 if signals else 1
    except InvalidSettingsError:
        raise
    except Exception:
        log.exception("process.failed")
        return 1
    return 0


async def _end(task: "asyncio.Task[None]") -> None:
    # Connecting uses `asyncio.wait_for`, which may swallow a cancellation (`runtime.background.beside`). What
    # a process waits in once it serves does not, and a second cancellation would cut its orderly end short.
    cancelled_for_good = False
    while not task.done() and not cancelled_for_good:
        cancelled_for_good = _serves.is_set()
        task.cancel()
        await asyncio.wait((task,), timeout=CANCEL_AGAIN_AFTER_SECONDS)
