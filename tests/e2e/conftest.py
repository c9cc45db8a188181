from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack_folder import stack_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a stack of the test's own."""
    with stack_folder() as path:
        yield path
