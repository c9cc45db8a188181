"""A Temporal server on which a day passes in a moment, started so that a busy machine does not matter."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from local_stack import free_port_offset
from runtime.background import beside

_STARTUP_TIMEOUT = timedelta(seconds=40)
_TRIES = 3
_TEMPORAL_PORT = 7233
_QUIET_FOR = 60.0
_ASK_EVERY = 20.0


@asynccontextmanager
async def time_skipping(binaries: Path) -> AsyncIterator[WorkflowEnvironment]:
    """Run the test server of `binaries` while the context is open.

    Raises:
        RuntimeError: It did not come up on any of three ports.

    """
    async with (
        await _start(str(binaries / "temporal-test-server")) as environment,
        beside(_tell_the_time(environment)),
    ):
        yield environment


async def _start(server: str) -> WorkflowEnvironment:
    # The SDK would take a port from which outgoing connections are made too, and wait five seconds.
    refused: RuntimeError | None = None
    for _ in range(_TRIES):
        try:
            return await WorkflowEnvironment.start_time_skipping(
                port=_TEMPORAL_PORT + free_port_offset(),
                test_server_existing_path=server,
                test_server_startup_timeout=_STARTUP_TIMEOUT,
                data_converter=pydantic_data_converter,
            )
        except RuntimeError as error:
            refused = error
    assert refused is not None
    raise refused


async def _tell_the_time(environment: WorkflowEnvironment) -> None:
    """Print whether the server of a long test answers, and whether its time moves."""
    await asyncio.sleep(_QUIET_FOR)
    while True:
        try:
            told = str(await asyncio.wait_for(environment.get_current_time(), timeout=10))
        except (RPCError, TimeoutError) as error:
            told = repr(error)
        print(f"{datetime.now(UTC)}: the test server's time: {told}")  # noqa: T201 - shown with a failing test
        await asyncio.sleep(_ASK_EVERY)
