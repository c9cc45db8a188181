"""A stack that is watched: it sends traces, and writes its log as machines read it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.running_stack import RunningStack
from tests.stack_folder import stack_folder
from tests.telemetry.collector import Collector
from tests.telemetry.watched import WatchedStack


@pytest.fixture(scope="session")
def watched(simulator_origin: str) -> Iterator[WatchedStack]:
    """The whole system with tracing on and a secret that can be recognised."""
    secret = f"sk-marker-{uuid4().hex}"
    with stack_folder() as folder, Collector() as collector:
        running = RunningStack(
            folder / "data",
            f"{simulator_origin}/v1",
            extra_environment={
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
                "OTEL_BSP_SCHEDULE_DELAY": "100",
                "LOG_FORMAT": "json",
                "OPENAI_API_KEY": secret,
            },
        )
        running.start()
        yield WatchedStack(running, collector, secret)
        running.stop()
