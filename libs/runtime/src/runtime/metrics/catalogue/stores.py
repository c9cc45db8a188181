"""What processes ask of the artifact store and of PostgreSQL."""

from runtime.metrics.definitions import Gauge, Histogram, Label, Process

STORING = (Process.GATEWAY, Process.METADATA, Process.LLM_WORKER, Process.PDF_WORKER)
QUERYING = (Process.GATEWAY, Process.METADATA, Process.LLM_WORKER, Process.DISPATCHER)

ARTIFACT_OPERATIONS = Histogram(
    "artifact_store_operation_duration_seconds",
    "Operations of the artifact store; `missing` is an answer, `error` is not.",
    unit="seconds",
    by=STORING,
    labels=(
        Label("operation", ("put", "get", "list")),
        Label("outcome", ("ok", "missing", "exists", "error")),
    ),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
POOL_CONNECTIONS = Gauge(
    "database_pool_connections",
    "Open connections of the pool.",
    unit="connections",
    by=QUERYING,
    labels=(Label("state", ("idle", "used")),),
)
POOL_LIMIT = Gauge(
    "database_pool_connections_max", "Connections that the pool may open.", unit="connections", by=QUERYING
)
POOL_WAIT = Histogram(
    "database_pool_wait_seconds",
    "From asking the pool for a connection to having one.",
    unit="seconds",
    by=QUERYING,
    buckets=(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10),
)

METRICS = (ARTIFACT_OPERATIONS, POOL_CONNECTIONS, POOL_LIMIT, POOL_WAIT)
