"""Calls of the Temporal server, from every process that has a client."""

from runtime.metrics.catalogue.temporal_labels import OPERATION, SHORT, STATUS
from runtime.metrics.definitions import AnyDefinition, Counter, Histogram, Process

CLIENTS = tuple(Process)

REQUESTS = Counter(
    "temporal_request_total",
    "Calls of the Temporal server.",
    unit="calls",
    by=CLIENTS,
    labels=(OPERATION,),
)
REQUEST_FAILURES = Counter(
    "temporal_request_failure_total",
    "Calls of the Temporal server that failed.",
    unit="calls",
    by=CLIENTS,
    labels=(OPERATION, STATUS),
)
REQUEST_LATENCY = Histogram(
    "temporal_request_latency_seconds",
    "How long calls of the Temporal server took.",
    unit="seconds",
    by=CLIENTS,
    labels=(OPERATION,),
    buckets=SHORT,
)
LONG_POLL_FAILURES = Counter(
    "temporal_long_request_failure_total",
    "Long polls of the Temporal server that failed.",
    unit="calls",
    by=CLIENTS,
    labels=(OPERATION, STATUS),
)

METRICS: tuple[AnyDefinition, ...] = (REQUESTS, REQUEST_FAILURES, REQUEST_LATENCY, LONG_POLL_FAILURES)
