"""Tracing by OpenTelemetry's SDK, sent to a collector by OTLP over HTTP.

The standard variables say where to and how much: `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_HEADERS`,
`OTEL_TRACES_SAMPLER`, `OTEL_RESOURCE_ATTRIBUTES`, …
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import version
from time import monotonic

from runtime.settings import EnvironmentSettings
from runtime.tracing import switched_on

# What a process that ends gives to spans that were not sent yet.
FLUSH_TIMEOUT = timedelta(seconds=3)
FLUSH_POLL_SECONDS = 0.02
NAMESPACE = "durable-reports"


class TracingSettings(EnvironmentSettings):
    """Whether there is a collector."""

    otel_exporter_otlp_endpoint: str | None = None
    otel_exporter_otlp_traces_endpoint: str | None = None
    otel_sdk_disabled: bool = False

    @property
    def is_on(self) -> bool:
        """True when a collector is named and nobody says otherwise."""
        named = self.otel_exporter_otlp_endpoint or self.otel_exporter_otlp_traces_endpoint
        return bool(named) and not self.otel_sdk_disabled


@asynccontextmanager
async def tracing(service: str, role: str) -> AsyncIterator[None]:
    """Trace this process while the context is open, if a collector is named; then send what is left."""
    if not TracingSettings().is_on:
        yield
        return
    # Loading the SDK costs every process half a second that few need.
    from runtime.otel import OpenTelemetry  # noqa: PLC0415 - as above

    resource = {
        "service.name": service,
        "service.namespace": NAMESPACE,
        "service.version": version(service),
        "service.role": role,
    }
    telemetry = OpenTelemetry(resource)
    try:
        with switched_on(telemetry):
            yield
    finally:
        await _within(FLUSH_TIMEOUT, telemetry.shutdown)


async def _within(limit: timedelta, work: Callable[[], None]) -> None:
    # Not in the loop's own threads: those are waited for without a limit when the loop closes.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    deadline = monotonic() + limit.total_seconds()
    while thread.is_alive() and monotonic() < deadline:  # noqa: ASYNC110 - a thread sets no event of the loop
        await asyncio.sleep(FLUSH_POLL_SECONDS)
