"""From the updates that Temporal's SDK buffers to metrics of the catalogue."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.runtime import (
    BufferedMetricUpdate,
    LogForwardingConfig,
    LoggingConfig,
    MetricBuffer,
    MetricBufferDurationFormat,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from runtime.background import beside
from runtime.metrics.catalogue import temporal
from runtime.metrics.catalogue.temporal_labels import NONE
from runtime.metrics.definitions import AnyDefinition, Counter, Gauge
from runtime.metrics.exposition import draining

# A worker at its limit makes a few thousand updates a second; what does not fit would be lost.
BUFFER_SIZE = 100_000
DRAIN_INTERVAL = timedelta(seconds=2)

# What the SDK has to say goes where everything else does.
LOGGING = LoggingConfig(
    TelemetryFilter(core_level="WARN", other_level="ERROR"),
    forwarding=LogForwardingConfig(
        logging.getLogger("temporalio.core"), append_target_to_name=False, prepend_target_on_message=False
    ),
)

BY_SDK_NAME: dict[str, AnyDefinition] = {
    definition.name.removesuffix("_seconds").removesuffix("_total"): definition
    for definition in temporal.METRICS
}


@asynccontextmanager
async def measuring() -> AsyncIterator[None]:
    """Have every client that this process makes be measured while the context is open."""
    buffer = MetricBuffer(BUFFER_SIZE, MetricBufferDurationFormat.SECONDS)
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(metrics=buffer, logging=LOGGING)))

    def drain() -> None:
        for update in buffer.retrieve_updates():
            take(update)

    async def drain_forever() -> None:
        while True:
            await asyncio.sleep(DRAIN_INTERVAL.total_seconds())
            drain()

    with draining(drain):
        async with beside(drain_forever()):
            yield


def take(update: BufferedMetricUpdate) -> None:
    """Add one update to its metric; one that the catalogue does not have is dropped."""
    definition = BY_SDK_NAME.get(update.metric.name)
    if definition is None:
        return
    attributes = update.attributes
    values = {name: str(attributes.get(name, NONE)) for name in definition.label_names}
    if isinstance(definition, Counter):
        definition.labels(**values).inc(update.value)
    elif isinstance(definition, Gauge):
        definition.labels(**values).set(update.value)
    else:
        definition.labels(**values).observe(update.value)
