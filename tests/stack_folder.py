"""Where a test's servers keep their data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def stack_folder() -> Iterator[Path]:
    """Give a folder that PostgreSQL's own user can reach, and take it away at the end.

    Pytest closes its temporary folders to other users whenever it starts, even those of a run beside it.
    """
    with TemporaryDirectory(prefix="durable-reports-") as name:
        yield Path(name)
