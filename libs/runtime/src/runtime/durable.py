"""The Temporal client and how every worker is run."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.worker import Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from contracts.task_queues import TaskQueue
from runtime import tracing
from runtime.activity_context import ActivityContext
from runtime.background import beside
from runtime.settings import EnvironmentSettings

CONNECT_RETRY_INTERVAL = timedelta(milliseconds=500)
CHECK_TIMEOUT = timedelta(seconds=2)
# Longer than a model call's last sentence, shorter than a pod's grace period.
GRACEFUL_SHUTDOWN_TIMEOUT = timedelta(seconds=5)
# What a killed workflow worker costs: its tasks wait this long on its own queue before another takes them.
STICKY_QUEUE_TIMEOUT = timedelta(seconds=2)
# The same for a task that it was working on; a longer local activity asks for more time by itself.
WORKFLOW_TASK_TIMEOUT = timedelta(seconds=3)
MAX_HEARTBEAT_THROTTLE = timedelta(seconds=1)
HEARTBEAT_INTERVAL = timedelta(seconds=1)

log = structlog.get_logger(__name__)


class TemporalSettings(EnvironmentSettings):
    """`TEMPORAL_ADDRESS` (host:port), `TEMPORAL_NAMESPACE`, and `WORKER_BUILD_ID`.

    With a build id, workflow workers are versioned: a report finishes on the version it began on. Without
    one, whichever worker is there takes it on.
    """

    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    worker_build_id: str | None = None


async def connect(settings: TemporalSettings) -> Client:
    """Connect, waiting for the server as long as it takes."""
    while True:
        try:
            return await Client.connect(
                settings.temporal_address,
                namespace=settings.temporal_namespace,
                data_converter=pydantic_data_converter,
                interceptors=tracing.temporal_interceptors(),
            )
        except (RPCError, RuntimeError) as error:
            log.warning("temporal.waiting", address=settings.temporal_address, error=str(error)[:200])
            await asyncio.sleep(CONNECT_RETRY_INTERVAL.total_seconds())


async def check(client: Client) -> None:
    """Raise unless the server answers."""
    healthy = await client.service_client.check_health(timeout=CHECK_TIMEOUT)
    if not healthy:
        raise ConnectionError("Temporal answers, but is not serving")


def versioned(deployment: str, settings: TemporalSettings) -> WorkerDeploymentConfig | None:
    """Give the version of a workflow worker's code; None when versions are not used."""
    if settings.worker_build_id is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment, settings.worker_build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )


def new_worker(  # noqa: PLR0913 - what differs between workers, by name
    client: Client,
    queue: TaskQueue,
    *,
    workflows: Sequence[type] = (),
    activities: Sequence[Callable[..., Any]] = (),
    max_concurrent_activities: int | None = None,
    max_task_queue_activities_per_second: float | None = None,
    deployment: WorkerDeploymentConfig | None = None,
    graceful_shutdown_timeout: timedelta = GRACEFUL_SHUTDOWN_TIMEOUT,
    trusted_modules: Sequence[str] = (),
) -> Worker:
    """Make the worker of one task queue; `await worker.run()` serves until it is cancelled.

    `max_task_queue_activities_per_second` bounds all workers of the queue together. Activities that still run
    `graceful_shutdown_timeout` after the worker was told to stop are cancelled. The sandbox loads workflow
    modules anew for every run, which costs more than the run's own work; `trusted_modules`, which must keep
    no state and do no I/O, are loaded once.
    """
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*trusted_modules)
    return Worker(
        client,
        task_queue=queue,
        workflows=workflows,
        activities=activities,
        interceptors=[ActivityContext()],
        max_concurrent_activities=max_concurrent_activities,
        max_task_queue_activities_per_second=max_task_queue_activities_per_second,
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
        deployment_config=deployment,
        graceful_shutdown_timeout=graceful_shutdown_timeout,
        sticky_queue_schedule_to_start_timeout=STICKY_QUEUE_TIMEOUT,
        max_heartbeat_throttle_interval=MAX_HEARTBEAT_THROTTLE,
    )


@asynccontextmanager
async def heartbeating() -> AsyncIterator[None]:
    """Tell Temporal that the running activity's worker lives, while the context is open."""
    async with beside(_beat()):
        yield


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(HEARTBEAT_INTERVAL.total_seconds())
