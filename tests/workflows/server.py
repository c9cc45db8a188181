"""A Temporal server with the real workflows and their cast: one that skips time, or the local stack's own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
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
from tests.workflows.batch_cast import BatchCast
from tests.workflows.stage import Cast, Stage, TimeSkippingStage


@asynccontextmanager
async def staged(binaries: Path) -> AsyncIterator[TimeSkippingStage]:
    """One server and one worker a queue, as in production, all in this process."""
    cast, batches = Cast(), BatchCast()
    async with AsyncExitStack() as stack:
        environment = await stack.enter_async_context(
            await WorkflowEnvironment.start_time_skipping(
                test_server_existing_path=str(binaries / "temporal-test-server"),
                data_converter=pydantic_data_converter,
            )
        )
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
        ),
        Worker(client, task_queue=TaskQueue.LLM_CONTROL, activities=[cast.discard_llm_call]),
        Worker(client, task_queue=TaskQueue.PDF, activities=[cast.create_pdf]),
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
