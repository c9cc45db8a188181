"""`python -m tests.chaos.linked_stack`: the stack, with its services behind links that a test can break.

`LINK_NATS_PORT`, `LINK_TEMPORAL_PORT` and `LINK_POSTGRES_PORT` say where the links are entered.
"""

import asyncio
import os
import sys

from local_stack import LocalStack, StackSettings
from local_stack.catalogue import Service
from local_stack.interrupts import interruptible
from local_stack.ports import HOST


class LinkedStack(LocalStack):
    """Gives each service the links' addresses in place of the servers'."""

    def service_environment(self, service: Service, *, http_port: int) -> dict[str, str]:
        environment = super().service_environment(service, http_port=http_port)
        environment["NATS_URL"] = f"nats://{HOST}:{os.environ['LINK_NATS_PORT']}"
        environment["TEMPORAL_ADDRESS"] = f"{HOST}:{os.environ['LINK_TEMPORAL_PORT']}"
        if database_url := environment.get("DATABASE_URL"):
            port, link = f":{self.ports.postgres}/", f":{os.environ['LINK_POSTGRES_PORT']}/"
            environment["DATABASE_URL"] = database_url.replace(port, link)
        return environment


async def main() -> None:
    """Run until a signal."""
    stack = LinkedStack(StackSettings(), say=lambda line: print(line, flush=True))  # noqa: T201 - read by the test
    with interruptible(lambda: None, stack.hurry):
        async with stack:
            print("Ready in time", flush=True)  # noqa: T201 - what the starter waits for
            await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except asyncio.CancelledError:
        sys.exit(0)
