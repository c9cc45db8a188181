"""The composition root of the PDF worker."""

from contextlib import AsyncExitStack

from contracts.task_queues import TaskQueue
from pdf_worker.activities import Pdf
from pdf_worker.render_pool import RenderPool
from pdf_worker.settings import Settings
from runtime import durable
from runtime.artifacts import ArtifactStore
from runtime.health import serve_health


async def serve() -> None:
    """Serve `create_pdf` until cancelled, as many reports at a time as there are rendering processes."""
    settings = Settings()
    async with AsyncExitStack() as stack:
        store = ArtifactStore.open(settings.artifacts)
        pool = await stack.enter_async_context(RenderPool.open(settings.render))
        health = await stack.enter_async_context(serve_health(settings.http))
        temporal = await durable.connect(settings.temporal)
        health.ready_when({"artifacts": store.check, "temporal": lambda: durable.check(temporal)})
        worker = durable.new_worker(
            temporal,
            TaskQueue.PDF,
            activities=[Pdf(store, pool).create_pdf],
            max_concurrent_activities=settings.render.render_processes,
        )
        await worker.run()
