"""A process that is told once to end does: at once while it starts, in order when it serves."""

import asyncio
import signal
import sys

SWALLOWS = """
import asyncio
from runtime import process

process.CANCEL_AGAIN_AFTER_SECONDS = 0.01

async def start():
    print("starting", flush=True)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        print("swallowed", flush=True)
    await asyncio.Event().wait()

process.main("service", {"role": start})
"""

TAKES_ITS_TIME = """
import asyncio
from runtime import process
from runtime.health import HttpSettings, serve_health

process.CANCEL_AGAIN_AFTER_SECONDS = 0.01

async def serve():
    async with serve_health(HttpSettings(http_port=0)) as health:
        health.ready_when({})
        print("starting", flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.2)
            print("ended in order", flush=True)

process.main("service", {"role": serve})
"""


async def said_after_one_signal(program: str) -> str:
    """Give what the program says from the signal to its end, which is a good one."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        "role",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    while b"starting" not in await process.stdout.readline():
        assert process.returncode is None
    process.send_signal(signal.SIGTERM)
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode()


async def test_a_start_that_swallowed_the_cancellation_is_cancelled_again() -> None:
    """Before Python 3.12 `asyncio.wait_for` does that, and connecting to NATS and PostgreSQL uses it."""
    assert "swallowed" in await said_after_one_signal(SWALLOWS)


async def test_an_orderly_end_is_not_cut_short() -> None:
    assert "ended in order" in await said_after_one_signal(TAKES_ITS_TIME)
