"""A process that dies is started again, none outlives its supervisor, and a failed start shows its log."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from local_stack.errors import StartupError
from local_stack.logs import LogFile
from local_stack.process import ProcessSpec
from local_stack.supervisor import SupervisedProcess, run_once

SLEEP = "import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEP}"
WITH_CHILD = f"""
import subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "{SLEEP}"]).pid, flush=True)
{SLEEP}
"""
SUPERVISE = """
import asyncio, os, sys
from pathlib import Path
from local_stack.logs import LogFile
from local_stack.process import ProcessSpec
from local_stack.supervisor import SupervisedProcess

def spec(name):
    folder = Path(sys.argv[1])
    return ProcessSpec(name, ("sleep", "60"), os.environ, LogFile(folder / f"{name}.log"), folder)

async def main():
    group = [SupervisedProcess(spec(name), print) for name in "abc"]
    for process in group:
        process.start()
    for process in group:
        await process.wait_ready()
    print(*[process.pid for process in group], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
Until = Callable[[Callable[[], object]], Awaitable[None]]
KilledScript = Callable[..., AbstractAsyncContextManager[str]]


def spec_of(folder: Path, code: str, *, name: str = "child", **options: float) -> ProcessSpec:
    return ProcessSpec(
        name=name,
        argv=(sys.executable, "-c", code),
        environment=dict(os.environ),
        log=LogFile(folder / f"{name}.log"),
        folder=folder,
        **options,  # type: ignore[arg-type]  # the tests give only the timeouts
    )


@asynccontextmanager
async def supervised(spec: ProcessSpec, said: list[str]) -> AsyncIterator[SupervisedProcess]:
    process = SupervisedProcess(spec, said.append)
    process.start()
    try:
        await process.wait_ready()
        yield process
    finally:
        await process.stop()


def is_alive(pid: int) -> bool:
    # A zombie is dead: in a container nobody may ever collect an orphan.
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


async def first_log_line(process: SupervisedProcess, until: Until) -> str:
    await until(process.spec.log.tail)
    return process.spec.log.tail()[0]


async def test_a_dead_child_is_started_again(tmp_path: Path, until: Until) -> None:
    said: list[str] = []
    async with supervised(spec_of(tmp_path, SLEEP), said) as process:
        first = process.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: process.pid not in {None, first})
        second = process.pid
        assert process.restarts == 1
        assert "child ended (killed by SIGKILL)" in said[0]
    assert second is not None
    assert not is_alive(second)


async def test_a_child_that_ignores_the_request_is_killed(tmp_path: Path, until: Until) -> None:
    async with supervised(spec_of(tmp_path, STUBBORN, stop_timeout=0.3), []) as process:
        await first_log_line(process, until)
        pid = process.pid
        assert pid is not None
    assert not is_alive(pid)


async def test_a_hurried_stop_does_not_wait(tmp_path: Path, until: Until) -> None:
    async with supervised(spec_of(tmp_path, STUBBORN, stop_timeout=3600), []) as process:
        await first_log_line(process, until)
        stopping = asyncio.create_task(process.stop())
        process.hurry()
        await stopping


async def test_what_a_child_started_goes_with_it(tmp_path: Path, until: Until) -> None:
    async with supervised(spec_of(tmp_path, WITH_CHILD), []) as process:
        grandchild = int(await first_log_line(process, until))
        assert is_alive(grandchild)
    await until(lambda: not is_alive(grandchild))


async def test_a_killed_supervisor_leaves_no_child(
    tmp_path: Path, killed_script: KilledScript, until: Until
) -> None:
    async with killed_script(SUPERVISE, tmp_path) as said:
        children = [int(word) for word in said.split()]
        assert len(children) == 3
        assert all(map(is_alive, children))
    await until(lambda: not any(map(is_alive, children)))


async def test_a_child_that_keeps_ending_fails_the_start_and_shows_its_log(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    spec = ProcessSpec(
        name="broken",
        argv=(sys.executable, "-c", "raise SystemExit('the reason')"),
        environment=dict(os.environ),
        log=LogFile(tmp_path / "broken.log"),
        folder=tmp_path,
        is_ready=never,
    )
    with pytest.raises(StartupError, match=r"broken did not start: it ended .*exit code 1") as caught:
        async with supervised(spec, []):
            pass
    assert "the reason" in str(caught.value)
    assert str(spec.log.path) in str(caught.value)


async def test_a_failed_setup_step_shows_only_its_own_lines(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, "raise SystemExit('no streams')")
    spec.log.path.write_text("lines of an earlier run\n")
    with pytest.raises(StartupError, match="no streams") as caught:
        await run_once(spec)
    assert "earlier run" not in str(caught.value)
