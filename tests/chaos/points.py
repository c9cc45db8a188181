"""Holds a service at a named moment; see `runtime.fault_points`."""

import asyncio
from pathlib import Path

CHECK_INTERVAL_SECONDS = 0.01


class FaultPoints:
    """The folder that `FAULT_POINTS_DIR` names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)

    def arm(self, point: str) -> None:
        """Hold the next process that comes by this point, once."""
        self.release(point)
        (self.folder / f"{point}.armed").touch()

    async def reached(self, point: str) -> None:
        """Return when a process is held there."""
        held = self.folder / f"{point}.held"
        while not held.exists():  # noqa: ASYNC110 - whoever is held is another process
            await asyncio.sleep(CHECK_INTERVAL_SECONDS)

    def release(self, point: str) -> None:
        """Let go of whoever is held there, and hold nobody more."""
        for state in ("armed", "held"):
            (self.folder / f"{point}.{state}").unlink(missing_ok=True)
