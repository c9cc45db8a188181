"""Rendering processes: the same PDF as in process, replaced when they die, killed when they take too long."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from pdf_worker.render_job import RenderJob
from pdf_worker.render_pool import RenderPool
from pdf_worker.settings import RenderSettings
from tests.pdf_worker.rendering import INFO, render

JOB = RenderJob("# A\n\ntext with \ud800 and **→**", INFO)
# Minutes of work: a process given this is still at it whenever a test looks.
ENDLESS = RenderJob("|a|b|\n|-|-|\n" + "|1|2|\n" * 200_000, INFO)


def children(of: int | None = None) -> set[int]:
    """Ids of the living rendering processes of a process."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes()
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if b"pdf_worker.render_process" in command and parent == (of or os.getpid()):
                found.add(int(folder.name))
    return found


async def until_gone(process: int) -> None:
    """Wait until a process is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        while Path(f"/proc/{process}/cmdline").read_bytes():  # noqa: ASYNC110 - nothing tells of its end
            await asyncio.sleep(0.02)


def lost(reason: str) -> float:
    """How many rendering processes were lost, as the metric says."""
    return REGISTRY.get_sample_value("pdf_render_processes_lost_total", {"reason": reason}) or 0


@pytest.fixture
async def pool() -> AsyncIterator[RenderPool]:
    """Give a pool of one process."""
    async with RenderPool.open(RenderSettings(render_processes=1)) as opened:
        yield opened
    assert children() == set()


async def test_a_process_renders_what_the_function_renders(pool: RenderPool) -> None:
    assert await pool.render(JOB) == render(JOB.markdown)


async def test_more_jobs_than_processes_take_turns(pool: RenderPool) -> None:
    results = await asyncio.gather(*(pool.render(JOB) for _ in range(5)))
    assert results == [render(JOB.markdown)] * 5
    assert len(children()) == 1


async def test_a_process_that_was_killed_while_idle_is_replaced(pool: RenderPool) -> None:
    (process,) = children()
    os.kill(process, signal.SIGKILL)
    await until_gone(process)
    assert await pool.render(JOB) == render(JOB.markdown)


async def test_a_job_whose_process_was_killed_is_done_by_another(pool: RenderPool) -> None:
    (process,) = children()
    before = lost("died")
    os.kill(process, signal.SIGSTOP)
    running = asyncio.create_task(pool.render(JOB))
    await asyncio.sleep(0)
    os.kill(process, signal.SIGKILL)
    rendered = await running
    assert rendered == render(JOB.markdown)
    assert children() != {process}
    assert lost("died") == before + 1


async def test_a_job_that_takes_too_long_is_set_as_plain_text() -> None:
    # A stopped process never answers; only its replacement, which gets the plain job, can. The limit is read
    # when an attempt begins, so that the second has all the time that it needs on a busy machine.
    settings = RenderSettings(render_processes=1, render_time_limit=timedelta(milliseconds=100))
    before = lost("timed_out")
    async with RenderPool.open(settings) as pool:
        (process,) = children()
        os.kill(process, signal.SIGSTOP)
        running = asyncio.create_task(pool.render(JOB))
        await asyncio.sleep(0)
        settings.render_time_limit = timedelta(minutes=5)
        rendered = await running
    assert rendered.degraded
    assert rendered.failure == "TimeoutError"
    assert lost("timed_out") == before + 1


async def test_cancelling_a_job_kills_its_process(pool: RenderPool) -> None:
    (process,) = children()
    running = asyncio.create_task(pool.render(ENDLESS))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await until_gone(process)
    assert await pool.render(JOB) == render(JOB.markdown)


async def test_memory_is_limited(pool: RenderPool) -> None:
    (process,) = children()
    await pool.render(JOB)
    limits = Path(f"/proc/{process}/limits").read_text()
    assert any(line.startswith("Max address space") and str(2**30) in line for line in limits.splitlines())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems end the process with its input")
async def test_processes_die_with_their_worker() -> None:
    program = textwrap.dedent(
        """
        import asyncio
        from pdf_worker.settings import RenderSettings
        from pdf_worker.render_pool import RenderPool
        from tests.pdf_worker.test_render_pool import ENDLESS, JOB

        async def main():
            async with RenderPool.open(RenderSettings(render_processes=1)) as pool:
                await pool.render(JOB)
                print("ready", flush=True)
                await pool.render(ENDLESS)

        asyncio.run(main())
        """
    )
    worker = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)  # noqa: ASYNC220 - this interpreter; it is waited for off the loop
    assert worker.stdout is not None
    assert await asyncio.to_thread(worker.stdout.readline) == b"ready\n"
    (process,) = children(worker.pid)
    worker.kill()
    await asyncio.to_thread(worker.wait)
    await until_gone(process)
