"""Runs of the delivery workflow, started so that asking twice starts one."""

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from contracts.task_queues import TaskQueue
from notifier.deliveries import Run
from notifier.workflows.deliver_webhook import DeliverWebhookWorkflow
from notifier.workflows.interface import DELIVER_NOW_SIGNAL, DeliveryKey, DeliveryOrder
from runtime import durable


class DeliveryRuns:
    """Task queue `webhooks`, seen from the sender's side."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def start(self, delivery: DeliveryKey) -> None:
        """Start a delivery's first run, once and for all."""
        try:
            await self._client.start_workflow(
                DeliverWebhookWorkflow.run,
                DeliveryOrder(delivery=delivery),
                id=run_id(delivery, 0),
                task_queue=TaskQueue.WEBHOOKS,
                task_timeout=durable.WORKFLOW_TASK_TIMEOUT,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
        except WorkflowAlreadyStartedError:
            return

    async def hasten(self, run: Run) -> None:
        """Deliver now: cut the pause of a run under way, or start the run."""
        await self._client.start_workflow(
            DeliverWebhookWorkflow.run,
            DeliveryOrder(delivery=run.delivery, attempts_before=run.attempts_before),
            id=run_id(run.delivery, run.number),
            task_queue=TaskQueue.WEBHOOKS,
            task_timeout=durable.WORKFLOW_TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_signal=DELIVER_NOW_SIGNAL,
        )


def run_id(delivery: DeliveryKey, number: int) -> str:
    """Give the workflow id of a delivery's run."""
    replay = f"-replay-{number}" if number else ""
    return f"webhook-{delivery.delivery_id}{replay}"
