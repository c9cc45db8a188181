"""The composition root of the worker process."""

from contextlib import AsyncExitStack

from contracts.task_queues import TaskQueue
from llm_worker.activities import LlmCall
from llm_worker.answers import Answers
from llm_worker.prices import Prices
from llm_worker.providers.chat_completions import open_chat_completions
from llm_worker.settings import WorkerSettings
from llm_worker.writing import Writer
from runtime import bus, durable
from runtime.artifacts import ArtifactStore
from runtime.health import serve_health


async def serve() -> None:
    """Serve the task queue `llm`."""
    settings = WorkerSettings()
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(bus.connect(settings.bus, name="llm_worker"))
        temporal = await durable.connect(settings.temporal)
        store = ArtifactStore.open(settings.artifacts)
        provider = await stack.enter_async_context(open_chat_completions(settings.llm))
        # Readiness leaves the bus out: text that nobody sees arriving is still written.
        checks = {"artifacts": store.check, "temporal": lambda: durable.check(temporal)}
        await stack.enter_async_context(serve_health(settings.http, checks))
        writer = Writer(
            provider,
            Prices.from_settings(settings.llm),
            fallback_model=settings.llm.llm_model,
            max_output_tokens=settings.llm.llm_max_output_tokens,
        )
        activities = LlmCall(writer, Answers(store), connection.publish_unconfirmed)
        worker = durable.new_worker(
            temporal,
            TaskQueue.LLM,
            activities=[activities.llm_call],
            max_concurrent_activities=settings.llm.llm_max_concurrent_calls,
        )
        await worker.run()
