"""Traces: spans, and the W3C `traceparent` that ties those of different processes together.

Off, and without any cost, unless OpenTelemetry's own variables name a collector (`runtime.trace_export`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from typing import Protocol

from temporalio.client import Interceptor

AttributeValue = str | int | float | bool | Sequence[str]
Attributes = Mapping[str, AttributeValue]
Note = Callable[[Attributes], None]
"""Adds attributes to a span that is open; `error.type` among them says that it failed."""


class Kind(Enum):
    """Which side of a conversation a span is, as OpenTelemetry has it."""

    INTERNAL = auto()
    SERVER = auto()
    CLIENT = auto()
    PRODUCER = auto()
    CONSUMER = auto()


class Tracing(Protocol):
    """What makes spans, once tracing is on."""

    @contextmanager
    def span(self, name: str, kind: Kind, attributes: Attributes, parent: str | None) -> Iterator[Note]:
        """Open a span; see `span`."""
        raise NotImplementedError

    def note(self, attributes: Attributes) -> None:
        """Add attributes to the open span."""

    def traceparent(self) -> str | None:
        """Give the open span as a header."""

    def temporal_interceptor(self) -> Interceptor:
        """Make what carries traces through Temporal."""


_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_tracing: list[Tracing] = []


@contextmanager
def switched_on(tracing: Tracing) -> Iterator[None]:
    """Make spans while the context is open."""
    _tracing.append(tracing)
    try:
        yield
    finally:
        _tracing.remove(tracing)


@contextmanager
def span(
    name: str,
    kind: Kind = Kind.INTERNAL,
    attributes: Attributes | None = None,
    *,
    parent: str | None = None,
) -> Iterator[Note]:
    """Trace what the context does: below `parent` (a `traceparent`), else below the span that is open."""
    if not _tracing:
        yield _ignore
        return
    with _tracing[-1].span(name, kind, attributes or {}, parent) as note:
        yield note


def note(attributes: Attributes) -> None:
    """Add attributes to the span that is open, whoever opened it."""
    for tracing in _tracing:
        tracing.note(attributes)


def _ignore(_: Attributes) -> None:
    """Take attributes where nobody traces."""


def traceparent(received: str | None = None) -> str | None:
    """Give what names the open span to another process; without one, what was `received`."""
    opened = _tracing[-1].traceparent() if _tracing else None
    return opened or (received if trace_id(received) else None)


def trace_id(traceparent: str | None) -> str | None:
    """Read the id of the whole trace; None from what is no `traceparent`, whoever sent it."""
    found = _TRACEPARENT.fullmatch(traceparent or "")
    return found[1] if found else None


def temporal_interceptors() -> list[Interceptor]:
    """Give what a Temporal client needs for traces to pass through it and its workers."""
    return [tracing.temporal_interceptor() for tracing in _tracing]
