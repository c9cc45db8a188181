import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Wait, for a bounded time, until something that sends no event is so."""

    async def wait(is_so: Callable[[], object]) -> None:
        async with asyncio.timeout(15):
            while not is_so():  # noqa: ASYNC110 - the kernel tells nobody that an orphan is gone
                await asyncio.sleep(0.02)

    return wait


@pytest.fixture
def killed_script() -> Callable[..., AbstractAsyncContextManager[str]]:
    """Run Python code in a process of its own; give its first line; kill it with SIGKILL at the end."""

    @asynccontextmanager
    async def run(code: str, *arguments: object) -> AsyncIterator[str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, *map(str, arguments), stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            yield (await process.stdout.readline()).decode().strip()
        finally:
            process.kill()
            await process.wait()

    return run
