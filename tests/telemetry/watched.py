"""What the tests of traces and of logs share."""

import json
from dataclasses import dataclass
from typing import Any

from tests.running_stack import RunningStack
from tests.telemetry.collector import Collector


@dataclass(frozen=True)
class WatchedStack:
    """A running stack, the collector that it sends traces to, and the API key that it was given."""

    stack: RunningStack
    collector: Collector
    secret: str

    def log_text(self) -> str:
        """Give all that its services have logged."""
        return "".join(path.read_text() for path in self._logs())

    def log_lines(self) -> list[dict[str, Any]]:
        """Give every line that is JSON."""
        lines = [line for path in self._logs() for line in path.read_text().splitlines()]
        return [json.loads(line) for line in lines if line.startswith("{")]

    def _logs(self) -> "list[Any]":
        servers = {"nats.log", "postgres.log", "temporal.log", "model.log"}
        return [path for path in (self.stack.data_dir / "logs").iterdir() if path.name not in servers]
