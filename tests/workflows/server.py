"""A time-skipping Temporal server with the real workflow and its cast on it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from contracts.task_queues import TaskQueue
from orchestrator.signs_of_life import told_to
from orchestrator.workflows.generate_report import GenerateReportWorkflow
from orchestrator.workflows.render_report import RenderReportWorkflow
from orchestrator.workflows.report_batch import ReportBatchWorkflow
from orchestrator.workflows.scheduled_report import ScheduledReportWorkflow
from tests.workflows.batch_cast import BatchCast
from tests.workflows.stage import Cast, TimeSkippingStage


@asynccontextmanager
async def staged(binaries: Path) -> AsyncIterator[TimeSkippingStage]:
    """One server and one worker a queue, as in production, all in this process."""
    cast, batches = Cast(), BatchCast()
    async with AsyncExitStack() as stack:
        stack.enter_context(told_to(cast.hear))
        environment = await stack.enter_async_context(
            await WorkflowEnvironment.start_time_skipping(
                test_server_existing_path=str(binaries / "temporal-test-server"),
                data_converter=pydantic_data_converter,
            )
        )
        client = environment.client
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
            Worker(client, task_queue=TaskQueue.LLM, activities=[cast.llm_call]),
            Worker(client, task_queue=TaskQueue.PDF, activities=[cast.create_pdf]),
            Worker(
                client,
                task_queue=TaskQueue.METADATA,
                activities=[cast.store_report_metadata, *batches.activities()],
            ),
            Worker(client, task_queue=TaskQueue.NOTIFICATION, activities=[cast.send_notification]),
        )
        for worker in workers:
            await stack.enter_async_context(worker)
        yield TimeSkippingStage(client, cast, environment, batches)
