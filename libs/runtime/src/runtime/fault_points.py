"""Named moments at which a test may hold a process, to break something exactly then; off unless asked for."""

import asyncio
import os
from pathlib import Path

CHECK_INTERVAL_SECONDS = 0.01


async def reach(point: str) -> None:
    """Pass the moment `point`; without `FAULT_POINTS_DIR` in the environment nothing happens.

    A file `<point>.armed` in that folder holds the first process that comes by: it renames the file to
    `<point>.held` and waits until someone removes it.
    """
    folder = os.environ.get("FAULT_POINTS_DIR")
    if folder is not None:
        await _hold(Path(folder), point)


async def _hold(folder: Path, point: str) -> None:
    held = folder / f"{point}.held"
    try:
        (folder / f"{point}.armed").rename(held)
    except FileNotFoundError:
        return
    while held.exists():  # noqa: ASYNC110 - whoever holds it is another process
        await asyncio.sleep(CHECK_INTERVAL_SECONDS)
