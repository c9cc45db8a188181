"""`/health`, `/health/live`, `/health/ready`, `/health/startup` and `/metrics` of every process."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import uvicorn
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from runtime import process
from runtime.metrics.exposition import metrics_app
from runtime.settings import EnvironmentSettings, InvalidSettingsError

CHECK_TIMEOUT = timedelta(seconds=2)
STOP_TIMEOUT = timedelta(seconds=2)

Check = Callable[[], Awaitable[None]]


class HttpSettings(EnvironmentSettings):
    """`HTTP_HOST` and `HTTP_PORT`: where a process answers."""

    http_host: str = "127.0.0.1"
    http_port: int = 9100


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one dependency's check found; `detail` is empty when it is well."""

    ok: bool
    detail: str = ""


async def run_checks(checks: Mapping[str, Check]) -> dict[str, CheckResult]:
    """Run all checks side by side, each within `CHECK_TIMEOUT`."""
    results = await asyncio.gather(*(_run_check(check) for check in checks.values()))
    return dict(zip(checks, results, strict=True))


async def _run_check(check: Check) -> CheckResult:
    task = asyncio.ensure_future(check())
    task.add_done_callback(_seen)
    # Not `wait_for`: that waits on for a check which does not let itself be cancelled.
    await asyncio.wait({task}, timeout=CHECK_TIMEOUT.total_seconds())
    if not task.done():
        task.cancel()
        return CheckResult(ok=False, detail=f"no answer within {CHECK_TIMEOUT.total_seconds():g} s")
    if task.cancelled() or (error := task.exception()) is None:
        return CheckResult(ok=not task.cancelled())
    return CheckResult(ok=False, detail=str(error)[:200] or type(error).__name__)


def _seen(task: "asyncio.Future[None]") -> None:
    """Take note of what a check raised when nobody waits for it any more."""
    if not task.cancelled():
        task.exception()


class EmbeddedServer(uvicorn.Server):
    """Uvicorn inside a process that handles its own signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the process."""
        yield


@asynccontextmanager
async def serve_http(
    app: Callable[..., Awaitable[None]], settings: HttpSettings, *, stop_timeout: timedelta = STOP_TIMEOUT
) -> AsyncIterator[asyncio.Task[None]]:
    """Serve an ASGI app as the work of this process while the context is open.

    Yields the task, which ends only on an error.

    Raises:
        InvalidSettingsError: the address is taken, or not one of this machine.

    """
    async with _served(app, settings, stop_timeout) as task:
        process.serving()
        yield task


@asynccontextmanager
async def _served(
    app: Callable[..., Awaitable[None]], settings: HttpSettings, stop_timeout: timedelta
) -> AsyncIterator[asyncio.Task[None]]:
    listening = _bound(settings)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=int(stop_timeout.total_seconds()),
    )
    server = EmbeddedServer(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield task
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await task


def _bound(settings: HttpSettings) -> socket.socket:
    # Uvicorn itself would end the process in the middle of a task that nobody awaits.
    host, port = settings.http_host, settings.http_port
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        remedy = "Stop what uses it, or set another HTTP_PORT (and HTTP_HOST)."
        raise InvalidSettingsError(f"  HTTP_PORT: {host}:{port}: {error.strerror}. {remedy}") from error
    return listening


class Health:
    """What a process says of itself: not ready until it has connected, then as its checks find."""

    def __init__(self) -> None:
        self._checks: Mapping[str, Check] = {"start": _connecting}

    def ready_when(self, checks: Mapping[str, Check]) -> None:
        """Let these checks decide from now on; call it once everything is connected."""
        self._checks = checks
        process.serving()

    async def results(self) -> dict[str, CheckResult]:
        """Run the checks; nothing is remembered from one time to the next."""
        return await run_checks(self._checks)


async def _connecting() -> None:
    raise ConnectionError("the process has not yet reached everything that it needs")


@asynccontextmanager
async def serve_health(settings: HttpSettings) -> AsyncIterator[Health]:
    """Answer health and metrics requests while the context is open; enter it before anything is connected.

    `/health/live` and `/health/startup` are 200 while the event loop turns, whatever else is away: no restart
    of this process mends another server. `/health/ready` is 200 when every check passes and 503 otherwise;
    `/health` shows the checks and is always 200.
    """
    health = Health()
    async with _served(health_app(health), settings, STOP_TIMEOUT):
        yield health


def health_app(health: Health) -> Callable[..., Awaitable[None]]:
    """Make the ASGI app that `serve_health` serves."""

    async def app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            return
        match scope["path"].rstrip("/"):
            case "/health/live" | "/health/startup":
                await _send_json(send, 200, {"status": "live"})
            case "/health/ready" | "/health" as path:
                results = await health.results()
                ready = all(result.ok for result in results.values())
                status = 503 if path == "/health/ready" and not ready else 200
                await _send_json(send, status, health_body(results))
            case "/metrics":
                await metrics_app(scope, receive, send)
            case _:
                await _send_json(send, 404, {"status": "not found"})

    return app


def health_body(results: Mapping[str, CheckResult]) -> dict[str, Any]:
    """Give the JSON body of a health answer: `{"status": "ready"|"not ready", "checks": {name: {…}}}`."""
    ready = all(result.ok for result in results.values())
    return {
        "status": "ready" if ready else "not ready",
        "checks": {name: asdict(result) for name, result in results.items()},
    }


async def _send_json(send: ASGISendCallable, status: int, body: Mapping[str, Any]) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"application/json")],
            "trailers": False,
        }
    )
    await send({"type": "http.response.body", "body": json.dumps(body).encode(), "more_body": False})
