"""From a batch on the bus to its running workflow; acknowledged only when Temporal has it."""

import structlog
from faststream.nats import NatsBroker
from nats.aio.msg import Msg
from pydantic import ValidationError
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from contracts import subjects
from contracts.batches import BatchInput, SubmitBatch
from contracts.fairness import fair_share
from contracts.task_queues import TaskQueue
from orchestrator.command_consumer import CommandConsumer
from orchestrator.metrics import INTAKE_MESSAGES
from orchestrator.rejections import rejection_of
from orchestrator.workflows.report_batch import ReportBatchWorkflow
from runtime import consumers, durable, fault_points
from runtime.bus import Bus

MAX_IN_FLIGHT = 4

log = structlog.get_logger(__name__)


class BatchIntake(CommandConsumer):
    """Turns each batch message into exactly one workflow."""

    def __init__(self, bus: Bus, temporal: Client) -> None:
        super().__init__(bus)
        self._temporal = temporal

    def subscribe(self, broker: NatsBroker) -> None:
        """Bind to the durable consumer that the setup step made."""
        consumers.subscribe(
            broker,
            self.receive,
            subject=subjects.ALL_BATCHES,
            stream=subjects.REQUESTS_STREAM,
            durable=subjects.BATCHES_DURABLE,
            max_in_flight=MAX_IN_FLIGHT,
        )

    async def handle(self, message: Msg) -> None:
        """Start the batch's workflow."""
        try:
            command = SubmitBatch.model_validate_json(message.data)
        except ValidationError as error:
            await self._rejections.reject(message, rejection_of(error))
            INTAKE_MESSAGES.labels(outcome="rejected").inc()
            return
        await fault_points.reach("batch_intake.received")
        with consumers.about(subjects.BATCHES_DURABLE, command.traceparent, batch_id=command.batch_id):
            started = await self.start(command, message)
        INTAKE_MESSAGES.labels(outcome="started" if started else "repeated").inc()
        await fault_points.reach("batch_intake.started")

    async def start(self, command: SubmitBatch, message: Msg) -> bool:
        """Start the workflow of a batch; False when it had ended before.

        Raises:
            RPCError: Temporal did not confirm; starting again is safe.

        """
        batch = BatchInput(
            **command.model_dump(),
            producer=subjects.producer_of(message.subject),
            accepted_at=message.metadata.timestamp,
        )
        try:
            await self._temporal.start_workflow(
                ReportBatchWorkflow.run,
                batch,
                id=batch.workflow_id,
                task_queue=TaskQueue.REPORTS,
                task_timeout=durable.WORKFLOW_TASK_TIMEOUT,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                priority=fair_share(batch.tenant_id, batch.requested_by),
                static_summary=f"{batch.name or 'Batch'}: {batch.total} reports",
            )
        except WorkflowAlreadyStartedError:
            log.info("batch_intake.repeated", batch_id=batch.batch_id)
            return False
        log.info("batch_intake.started", batch_id=batch.batch_id, total=batch.total)
        return True
