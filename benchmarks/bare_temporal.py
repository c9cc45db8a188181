"""The least that Temporal itself takes: four activities on four queues that do nothing."""

import asyncio
import os
import sys
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

QUEUES = ("bare-1", "bare-2", "bare-3", "bare-4")
WORKFLOW_QUEUE = "bare-workflows"


@activity.defn
async def do_nothing() -> None:
    """Return at once."""


@workflow.defn
class FourActivities:
    """One empty activity after the other, each on a queue of its own."""

    @workflow.run
    async def run(self) -> None:
        """Call the four."""
        for queue in QUEUES:
            await workflow.execute_activity(
                do_nothing, task_queue=queue, start_to_close_timeout=timedelta(seconds=10)
            )


async def serve(address: str, queue: str) -> None:
    """Serve one queue until killed."""
    client = await Client.connect(address)
    if queue == WORKFLOW_QUEUE:
        worker = Worker(client, task_queue=queue, workflows=[FourActivities])
    else:
        worker = Worker(client, task_queue=queue, activities=[do_nothing])
    print("serving", flush=True)
    await worker.run()


if __name__ == "__main__":
    try:
        asyncio.run(serve(*sys.argv[1:3]))
    finally:
        os._exit(0)
