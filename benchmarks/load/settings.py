"""What a run of `make load` is told by its environment."""

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """`rate` in requests per second, kept up for `seconds` whatever happens; `scale` as in `make up`."""

    rate: float
    seconds: float
    scale: str

    @classmethod
    def from_environment(cls) -> "LoadSettings":
        """Read RATE, SECONDS and SCALE; end with a message when one makes no sense."""
        return cls(
            rate=_positive("RATE", 4.0, "requests per second, such as RATE=4"),
            seconds=_positive("SECONDS", 30.0, "how long to send, such as SECONDS=30"),
            scale=os.environ.get("SCALE", ""),
        )

    @property
    def requests(self) -> int:
        """How many reports are asked for."""
        return max(1, round(self.rate * self.seconds))


def _positive(name: str, default: float, meaning: str) -> float:
    text = os.environ.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        sys.exit(f"{name}={text}: give a positive number: {meaning}.")
    return value
