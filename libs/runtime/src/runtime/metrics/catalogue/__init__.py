"""Every metric of the system; `docs/metrics.md` is the same as a table."""

from runtime.metrics.catalogue import (
    documents,
    gateway,
    models,
    processes,
    queues,
    reports,
    stores,
    temporal,
    webhooks,
)
from runtime.metrics.catalogue.temporal_labels import SERVED
from runtime.metrics.definitions import AnyDefinition, Foreign, Process

METRICS: tuple[AnyDefinition, ...] = (
    *gateway.METRICS,
    *reports.METRICS,
    *models.METRICS,
    *documents.METRICS,
    *webhooks.METRICS,
    *queues.METRICS,
    *stores.METRICS,
    *temporal.METRICS,
    *processes.METRICS,
)
FOREIGN: tuple[Foreign, ...] = processes.FOREIGN


def export(process: Process) -> None:
    """Make the metrics of a process, so that each is there from its first scrape on."""
    for definition in METRICS:
        if process in definition.exported_by:
            definition.begin(SERVED.get(process, {}))
