"""What Temporal knows of a task queue: who asks it for work, and what waits there."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import PollerInfo
from temporalio.api.taskqueue.v1 import TaskQueue as TaskQueueMessage
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from contracts.task_queues import TaskQueue

RPC_TIMEOUT = timedelta(seconds=1.5)
# A worker asks again at least once a minute; the server lists those that have stopped for five.
POLLED_WITHIN = timedelta(seconds=75)


class TaskKind(Enum):
    """The two queues that go by each name."""

    WORKFLOW = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
    ACTIVITY = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY


# Every queue that somebody is to serve.
QUEUES = (
    (TaskQueue.REPORTS, TaskKind.WORKFLOW),
    (TaskQueue.METADATA, TaskKind.ACTIVITY),
    (TaskQueue.LLM, TaskKind.ACTIVITY),
    (TaskQueue.LLM_CONTROL, TaskKind.ACTIVITY),
    (TaskQueue.PDF, TaskKind.ACTIVITY),
    (TaskQueue.NOTIFICATION, TaskKind.ACTIVITY),
    (TaskQueue.WEBHOOKS, TaskKind.WORKFLOW),
    (TaskQueue.WEBHOOKS, TaskKind.ACTIVITY),
)


@dataclass(frozen=True, slots=True)
class Poller:
    """A worker that asks for work: its process and host, and the version of its code, if it has one."""

    identity: str
    last_asked_at: datetime
    build_id: str


@dataclass(frozen=True, slots=True)
class QueueState:
    """Workers that are there, and tasks that wait, come and go, as Temporal estimates them."""

    workers: tuple[Poller, ...]
    backlog: int
    backlog_age: timedelta
    added_per_second: float
    dispatched_per_second: float

    @property
    def pollers(self) -> int:
        """How many workers are there."""
        return len(self.workers)


async def state_of(client: Client, queue: TaskQueue, kind: TaskKind) -> QueueState:
    """Ask Temporal.

    Raises:
        RPCError: it did not answer in time.

    """
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueueMessage(name=queue),
            task_queue_type=kind.value,
            report_stats=True,
        ),
        timeout=RPC_TIMEOUT,
    )
    oldest = datetime.now(UTC) - POLLED_WITHIN
    workers = (_poller(info) for info in answer.pollers)
    return QueueState(
        workers=tuple(worker for worker in workers if worker.last_asked_at > oldest),
        backlog=answer.stats.approximate_backlog_count,
        backlog_age=answer.stats.approximate_backlog_age.ToTimedelta(),
        added_per_second=answer.stats.tasks_add_rate,
        dispatched_per_second=answer.stats.tasks_dispatch_rate,
    )


def _poller(info: PollerInfo) -> Poller:
    return Poller(
        identity=info.identity,
        last_asked_at=info.last_access_time.ToDatetime(UTC),
        build_id=info.deployment_options.build_id,
    )
