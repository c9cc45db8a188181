"""The data folder: all state of one stack, and who runs it."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from local_stack.errors import StackError, StackRunningError
from local_stack.logs import LogFile

STACK_LOCK = "stack.lock"
CLIENTS_LOCK = "clients.lock"


@dataclass(frozen=True)
class StackState:
    """What a running stack tells others through its data folder."""

    pid: int
    gateway_url: str
    temporal_ui_url: str
    model: str


class DataFolder:
    """The layout of the data folder and its locks."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().resolve()

    @property
    def artifacts(self) -> Path:
        """Where the services keep texts and PDFs."""
        return self.root / "artifacts"

    @property
    def logs(self) -> Path:
        """Where every process has its log."""
        return self.root / "logs"

    def server(self, name: str) -> Path:
        """Name the folder of an embedded server."""
        return self.root / name

    def log(self, process: str) -> LogFile:
        """Name the log of a process."""
        return LogFile(self.logs / f"{process}.log")

    def create(self) -> None:
        """Make the folder.

        Raises:
            StackError: it cannot be made or written.

        """
        try:
            for path in (self.root, self.artifacts, self.logs):
                path.mkdir(parents=True, exist_ok=True)
            # A folder that is there already may be another user's.
            for name in (STACK_LOCK, CLIENTS_LOCK):
                (self.root / name).open("a").close()
        except OSError as error:
            raise StackError(
                f"The data folder {self.root} cannot be made or written: {error.strerror}. "
                "Set another DATA_DIR."
            ) from error

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Hold the folder: one stack at a time.

        Raises:
            StackRunningError: another stack has it.

        """
        with (self.root / STACK_LOCK).open("a") as lock:
            if not _lock(lock.fileno(), fcntl.LOCK_EX):
                raise StackRunningError(self._owner_message())
            try:
                yield
            finally:
                self._state.unlink(missing_ok=True)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Tell the stack's owner that someone still waits for a report."""
        with (self.root / CLIENTS_LOCK).open("a") as lock:
            fcntl.flock(lock.fileno(), fcntl.LOCK_SH)
            yield

    def is_unused(self) -> bool:
        """Whether nobody waits for a report from this stack."""
        with (self.root / CLIENTS_LOCK).open("a") as lock:
            return _lock(lock.fileno(), fcntl.LOCK_EX)

    def is_owned(self) -> bool:
        """Whether a stack runs, or starts, on this folder."""
        path = self.root / STACK_LOCK
        if not path.exists():
            return False
        with path.open("a") as lock:
            return not _lock(lock.fileno(), fcntl.LOCK_SH)

    def write_state(self, state: StackState) -> None:
        """Tell others, once the stack is ready."""
        draft = self._state.with_suffix(".new")
        draft.write_text(json.dumps(asdict(state), indent=2))
        draft.replace(self._state)

    def read_state(self) -> StackState | None:
        """Read the running stack's state; None while it starts and when none runs."""
        try:
            return StackState(**json.loads(self._state.read_text()))
        except (FileNotFoundError, TypeError, ValueError):
            return None

    @property
    def was_killed(self) -> bool:
        """Whether the last stack on this folder left without saying so."""
        return self._state.exists()

    @property
    def _state(self) -> Path:
        return self.root / "stack.json"

    def _owner_message(self) -> str:
        state = self.read_state()
        where = f" at {state.gateway_url} (process {state.pid})" if state else ""
        return (
            f"A stack already runs on {self.root}{where}. Use it, stop it, or start another one "
            "with its own DATA_DIR and PORT_OFFSET."
        )


def _lock(descriptor: int, kind: int) -> bool:
    # flock goes with the open file: the kernel releases it when the holder dies, however it dies.
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
