"""What `/metrics` answers: the process's metrics, after its probes have brought theirs up to date."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from prometheus_client import make_asgi_app
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from runtime.metrics.catalogue.processes import PROBE_UP
from runtime.metrics.definitions import Gauge

# Well within what Prometheus waits for an answer.
PROBE_TIMEOUT = timedelta(seconds=2)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Probe:
    """Figures that have to be asked for; when they cannot be had, nothing old is shown in their place."""

    name: str
    read: Callable[[], Awaitable[None]]
    shows: tuple[Gauge, ...]


_exposition = make_asgi_app()
_probes: list[Probe] = []
_drains: list[Callable[[], None]] = []


@contextmanager
def probing(probe: Probe) -> Iterator[None]:
    """Ask the probe at every scrape while the context is open."""
    _probes.append(probe)
    try:
        yield
    finally:
        _probes.remove(probe)


@contextmanager
def draining(drain: Callable[[], None]) -> Iterator[None]:
    """Call `drain` before every scrape while the context is open; it must not wait."""
    _drains.append(drain)
    try:
        yield
    finally:
        _drains.remove(drain)


async def refresh() -> None:
    """Bring all figures up to date, each probe within `PROBE_TIMEOUT`."""
    for drain in _drains:
        drain()
    await asyncio.gather(*(_ask(probe) for probe in _probes))


async def _ask(probe: Probe) -> None:
    try:
        await asyncio.wait_for(probe.read(), PROBE_TIMEOUT.total_seconds())
    except Exception as error:  # noqa: BLE001 - whatever a probe raises, the other figures are shown
        for gauge in probe.shows:
            gauge.forget()
        PROBE_UP.labels(probe=probe.name).set(0)
        log.debug("metrics.probe_failed", probe=probe.name, error=repr(error)[:200])
    else:
        PROBE_UP.labels(probe=probe.name).set(1)


async def metrics_app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer as the ASGI app of `/metrics`."""
    await refresh()
    await _exposition(scope, receive, send)
