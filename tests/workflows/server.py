"""A Temporal server with the real workflows and their cast: one that skips time, or the local stack's own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client
from temporalio.worker import Worker

from contracts.task_queues import TaskQueue
from local_stack import LocalStack, Server, StackSettings, free_port_offset
from orchestrator.signs_of_life import told_to
from orchestrator.workflows.generate_report import GenerateReportWorkflow
from orchestrator.workflows.render_report import RenderReportWorkflow
from orchestrator.workflows.report_batch import ReportBatchWorkflow
from orchestrator.workflows.scheduled_report import ScheduledReportWorkflow
from runtime import durable
from runtime.durable import TemporalSettings
from tests.time_skipping import time_skipping
from tests.workflows.batch_cast import BatchCast
from tests.workflows.stage import Cast, Stage, TimeSkippingStage

# A heartbeat is how an activity hears that it is cancelled; at the SDK's own pace, after four seconds.
HEARTBEAT_EVERY = timedelta(milliseconds=100)


@asynccontextmanager
async def staged(binaries: Path) -> AsyncIterator[TimeSkippingStage]:
    """One server and one worker a queue, as in production, all in this process."""
    cast, batches = Cast(), BatchCast()
    async with AsyncExitStack() as stack:
        environment = await stack.enter_async_context(time_skipping(binaries))
        await stack.enter_async_context(played(environment.client, cast, batches))
        yield TimeSkippingStage(environment.client, cast, environment, batches)


@asynccontextmanager
async def staged_for_real(llm_slots: int | None = None) -> AsyncIterator[Stage]:
    """The same on the local stack's server, where time takes its time; `llm_slots` bounds calls at once."""
    cast = Cast()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="workflows-"))
        settings = StackSettings(data_dir=Path(folder) / "data", port_offset=free_port_offset())
        local = LocalStack(settings, servers={Server.TEMPORAL}, services=())
        await stack.enter_async_context(local)
        client = await durable.connect(TemporalSettings(temporal_address=local.temporal_address))
        await stack.enter_async_context(played(client, cast, BatchCast(), llm_slots))
        yield Stage(client, cast)


@asynccontextmanager
async def played(
    client: Client, cast: Cast, batches: BatchCast, llm_slots: int | None = None
) -> AsyncIterator[None]:
    """Run the workers of reports while the context is open."""
    workers = (
        Worker(
            client,
            task_queue=TaskQueue.REPORTS,
            workflows=[
                GenerateReportWorkflow,
                RenderReportWorkflow,
                ScheduledReportWorkflow,
                ReportBatchWorkflow,
            ],
        ),
        Worker(
            client,
            task_queue=TaskQueue.LLM,
            activities=[cast.llm_call],
            max_concurrent_activities=llm_slots,
            max_heartbeat_throttle_interval=HEARTBEAT_EVERY,
        ),
        Worker(client, task_queue=TaskQueue.LLM_CONTROL, activities=[cast.discard_llm_call]),
        Worker(
            client,
            task_queue=TaskQueue.PDF,
            activities=[cast.create_pdf],
            max_heartbeat_throttle_interval=HEARTBEAT_EVERY,
        ),
        Worker(
            client,
            task_queue=TaskQueue.METADATA,
            activities=[cast.store_report_metadata, *batches.activities()],
        ),
        Worker(client, task_queue=TaskQueue.NOTIFICATION, activities=[cast.send_notification]),
    )
    async with AsyncExitStack() as stack:
        stack.enter_context(told_to(cast.hear))
        for worker in workers:
            await stack.enter_async_context(worker)
        yield
