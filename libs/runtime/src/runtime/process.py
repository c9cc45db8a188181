"""The life of a process: one coroutine until a signal, then an orderly end."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, NoReturn

import structlog

from runtime.metrics.exporting import exporting
from runtime.settings import InvalidSettingsError
from runtime.telemetry import TelemetrySettings, configure_logging
from runtime.trace_export import tracing

Serve = Callable[[], Coroutine[Any, Any, None]]

log = structlog.get_logger(__name__)


def main(service: str, roles: Mapping[str, Serve]) -> NoReturn:
    """Run the role named by the first argument; exit 0 after a signal, 1 after an error, 2 when misused.

    `SIGTERM` and `SIGINT` cancel the role's coroutine, which releases what it holds on the way out; a second
    signal exits at once.
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

    def on_signal(received: signal.Signals) -> None:
        if signals:
            os._exit(128 + received)
        signals.append(received)
        log.info("process.stopping", signal=received.name)
        task.cancel()

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
