"""The composition root of the worker process."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from contracts.task_queues import TaskQueue
from llm_worker.activities import LlmCall
from llm_worker.answers import Answers
from llm_worker.bills import Accountant
from llm_worker.bookkeeping import Bookkeeping
from llm_worker.ledger import Endpoint, Ledger
from llm_worker.paid_calls import PaidCalls
from llm_worker.prices import Prices
from llm_worker.providers.choice import open_providers, provider_host
from llm_worker.settings import WorkerSettings
from llm_worker.sweeping import Sweep, sweeping
from llm_worker.writing import Reader
from runtime import bus, database, durable
from runtime.artifacts import ArtifactStore
from runtime.health import serve_health

# What a call that must end still needs, after the time that it was given, to say so.
FAREWELL = timedelta(seconds=1)


async def serve() -> None:
    """Serve the task queue `llm`."""
    settings = WorkerSettings()
    llm = settings.llm
    async with AsyncExitStack() as stack:
        health = await stack.enter_async_context(serve_health(settings.http))
        connection = await stack.enter_async_context(bus.connect(settings.bus, name="llm_worker"))
        pool = await stack.enter_async_context(database.connect(settings.database))
        temporal = await durable.connect(settings.temporal)
        store = ArtifactStore.open(settings.artifacts)
        providers = await stack.enter_async_context(open_providers(llm))
        ledger = Ledger(pool, Endpoint(provider_host(llm), llm.llm_model))
        # Readiness leaves the bus out: text that nobody sees arriving is still written.
        health.ready_when(
            {
                "artifacts": store.check,
                "database": ledger.check,
                "temporal": lambda: durable.check(temporal),
            }
        )
        books = Bookkeeping(ledger, Accountant(Prices.from_settings(llm)), providers.background)
        calls = PaidCalls(providers, ledger, books, Reader(llm.llm_model, llm.llm_max_output_tokens))
        await stack.enter_async_context(sweeping(Sweep(ledger, books, temporal)))
        finish_on_stop = timedelta(seconds=llm.llm_finish_on_stop_seconds)
        activities = LlmCall(
            calls=calls,
            books=books,
            answers=Answers(store),
            publish=connection.publish_unconfirmed,
            tell=connection.publish_unconfirmed,
            finish_on_stop=finish_on_stop,
        )
        worker = durable.new_worker(
            temporal,
            TaskQueue.LLM,
            activities=[activities.llm_call],
            max_concurrent_activities=llm.llm_max_concurrent_calls,
            max_task_queue_activities_per_second=_per_second(llm.llm_requests_per_minute),
            graceful_shutdown_timeout=finish_on_stop + FAREWELL,
        )
        # What ends a call must not wait for a slot behind those that run, nor for the queue's own pace.
        control = durable.new_worker(
            temporal, TaskQueue.LLM_CONTROL, activities=[activities.discard_llm_call]
        )
        await asyncio.gather(worker.run(), control.run())


def _per_second(per_minute: float | None) -> float | None:
    return None if per_minute is None else per_minute / 60
