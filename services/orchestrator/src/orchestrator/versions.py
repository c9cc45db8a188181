"""The one-shot step that sends new reports to a new version of the workflow code."""

import asyncio
from datetime import timedelta

import structlog
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from orchestrator.settings import WorkflowsSettings
from runtime import durable
from runtime.settings import InvalidSettingsError

WORKFLOWS_DEPLOYMENT = "orchestrator-workflows"
RETRY_INTERVAL = timedelta(milliseconds=500)

log = structlog.get_logger(__name__)


async def promote() -> None:
    """Make `WORKER_BUILD_ID` the version that new reports start on; those under way stay on theirs.

    Waits until a worker of that version is there.

    Raises:
        InvalidSettingsError: there is no `WORKER_BUILD_ID`.

    """
    settings = WorkflowsSettings().temporal
    if settings.worker_build_id is None:
        raise InvalidSettingsError("  WORKER_BUILD_ID: name the version to promote")
    await promote_build(await durable.connect(settings), settings.worker_build_id)


async def promote_build(client: Client, build_id: str) -> None:
    """Make a version current, waiting for its workers."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=WORKFLOWS_DEPLOYMENT,
        build_id=build_id,
        identity=client.identity,
    )
    while True:
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError as error:
            if error.status not in {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION}:
                raise
            log.info("version.waiting_for_workers", build_id=build_id)
            await asyncio.sleep(RETRY_INTERVAL.total_seconds())
        else:
            log.info("version.promoted", build_id=build_id)
            return
