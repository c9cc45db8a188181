"""One log file a process: appended by the process itself, bounded here."""

import shutil
from dataclasses import dataclass
from pathlib import Path

ROTATE_AT_START = 10_000_000
ROTATE_WHILE_RUNNING = 50_000_000


@dataclass(frozen=True)
class LogFile:
    """The log of one process; its predecessor is kept beside it as `<name>.log.1`."""

    path: Path

    def prepare(self) -> int:
        """Make the file ready for a new start of its process; return its size in bytes."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.size() > ROTATE_AT_START:
            self.path.replace(self._previous)
        return self.size()

    def bound(self) -> None:
        """Cut a file that grew too large while its process holds it open."""
        # The process appends (O_APPEND), so it goes on at the new end of a file cut under it.
        if self.size() > ROTATE_WHILE_RUNNING:
            shutil.copyfile(self.path, self._previous)
            with self.path.open("r+b") as file:
                file.truncate(0)

    def size(self) -> int:
        """Measure the file, in bytes."""
        return self.path.stat().st_size if self.path.exists() else 0

    def tail(self, *, since: int = 0, lines: int = 15) -> list[str]:
        """Read the last lines that were written after the given size in bytes."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(max(since, self.size() - 64_000))
            text = file.read().decode("utf-8", errors="replace")
        return text.splitlines()[-lines:]

    @property
    def _previous(self) -> Path:
        return self.path.with_name(f"{self.path.name}.1")
