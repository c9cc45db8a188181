from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.workflows.server import staged
from tests.workflows.stage import TimeSkippingStage


@pytest.fixture
async def stage(binaries: Path) -> AsyncIterator[TimeSkippingStage]:
    """One server and one worker a queue, as in production, all in this process."""
    async with staged(binaries) as ready:
        yield ready
