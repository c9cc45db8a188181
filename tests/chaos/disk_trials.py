"""The artifact store's disk is full when something is to be stored."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from tests.chaos import moments as at
from tests.chaos.moments import Moment
from tests.chaos.stage import Stage
from tests.chaos.trials import Trial, held_report, until_delivered

SIZE = "192m"
FULL_SECONDS = 5.0


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount a small file system at a folder; yields False where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)  # noqa: S607 - PATH


def _fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1_000_000)):
            pass
    return filler


async def _run(moment: Moment, stage: Stage, prompt: str) -> float:
    async with held_report(stage, prompt, moment) as asking:
        filler = await asyncio.to_thread(_fill, stage.artifacts)
        try:
            moment.release(stage, prompt)
            await asyncio.sleep(FULL_SECONDS)
        finally:
            filler.unlink()
        return await until_delivered(stage, asking, asyncio.get_running_loop().time())


def disk_trials() -> Iterator[Trial]:
    """Give all of them."""
    for moment in (at.ANSWERED, at.RENDERED):
        yield Trial("artifact store", f"disk full {FULL_SECONDS:.0f} s", moment.name, partial(_run, moment))
