from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_stack import RunningStack
from tests.stack_folder import stack_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a stack of the test's own."""
    with stack_folder() as path:
        yield path


@pytest.fixture(scope="session")
def faulty_stack(simulator_origin: str) -> Iterator[RunningStack]:
    """A stack whose processes are struck: one of its own, so that it troubles no other test.

    Its model writes in the background, where a call can be handed over.
    """
    with stack_folder() as folder:
        running = RunningStack(
            folder / "data", f"{simulator_origin}/v1", extra_environment={"LLM_API": "responses"}
        )
        running.start()
        print(running.story())  # noqa: T201 - shown with a failing test
        yield running
        running.stop()
