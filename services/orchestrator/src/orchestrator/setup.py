"""The one-shot setup step: streams, durable consumers, tables, and how long Temporal remembers."""

from pathlib import Path

import structlog
from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client

from orchestrator import topology
from orchestrator.reconciliation.schedule import schedule_sweep
from orchestrator.settings import SetupSettings
from runtime import bus, database, durable

MIGRATIONS = Path(__file__).with_name("migrations")
MIGRATIONS_TABLE = "orchestrator_schema_migrations"

log = structlog.get_logger(__name__)


async def set_up() -> None:
    """Bring everything that the services lean on to its wanted state; running it again changes nothing."""
    settings = SetupSettings()
    async with bus.connect(settings.bus, name="orchestrator-setup") as connection:
        await topology.apply(connection.jetstream, replicas=settings.streams.stream_replicas)
    await database.migrate(settings.database, MIGRATIONS, table=MIGRATIONS_TABLE)
    temporal = await durable.connect(settings.temporal)
    await _keep_closed_workflows(temporal, settings.temporal.temporal_namespace)
    await schedule_sweep(temporal)


async def _keep_closed_workflows(client: Client, namespace: str) -> None:
    retention = Duration(seconds=int(topology.WORKFLOW_RETENTION.total_seconds()))
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=namespace, config=NamespaceConfig(workflow_execution_retention_ttl=retention)
        )
    )
    log.info("namespace.retention_set", days=topology.WORKFLOW_RETENTION.days)
