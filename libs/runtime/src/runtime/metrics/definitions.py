"""What a metric is: its name, meaning, unit, the values of its labels, and which processes export it.

A definition is used like a `prometheus_client` metric. It comes into being with its first use, or when its
process begins (`export`), so that a process shows its own metrics only, and counters from zero.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import cached_property
from itertools import product
from math import prod
from time import perf_counter
from typing import ClassVar, Generic, TypeVar

import prometheus_client
from prometheus_client.metrics import MetricWrapperBase

# What is not in a label's set is counted, but never becomes a series of its own.
OTHER = "other"
# More series than these are not begun before they are needed.
MOST_COUNTERS_BEGUN = 80
MOST_HISTOGRAMS_BEGUN = 8

MetricT = TypeVar("MetricT", bound=MetricWrapperBase)


class Process(StrEnum):
    """The long-running processes, by service and role as on their command lines."""

    GATEWAY = "gateway gateway"
    INTAKE = "orchestrator intake"
    WORKFLOWS = "orchestrator workflows"
    METADATA = "orchestrator metadata"
    LLM_WORKER = "llm_worker worker"
    PDF_WORKER = "pdf_worker worker"
    ANNOUNCER = "notifier announcer"
    DISPATCHER = "notifier dispatcher"


class Label:
    """A label and all the values that it may have."""

    def __init__(self, name: str, values: Iterable[str] = (), *, source: str = "") -> None:
        """Take the values, or, where only a process knows them, `source`: what bounds them."""
        self.name = name
        self.values = tuple(str(value) for value in values)
        self.source = source
        self._admitted = frozenset(self.values)

    def bounded(self, value: str) -> str:
        """Give the value, or `other` for one that is not in the set."""
        if not self._admitted or value in self._admitted:
            return value
        return OTHER


class Definition(ABC, Generic[MetricT]):
    """One metric of the catalogue."""

    kind: ClassVar[str]
    most_begun: ClassVar[int] = 0

    def __init__(
        self,
        name: str,
        meaning: str,
        *,
        unit: str,
        by: Sequence[Process],
        labels: Sequence[Label] = (),
    ) -> None:
        """Define a metric; `name` is the one that queries use."""
        self.name = name
        self.meaning = meaning
        self.unit = unit
        self.exported_by = tuple(by)
        self.label_set = tuple(labels)

    @abstractmethod
    def _make(self) -> MetricT:
        """Make the metric in the process's registry."""

    @cached_property
    def metric(self) -> MetricT:
        """The metric itself, made once."""
        return self._make()

    @property
    def label_names(self) -> tuple[str, ...]:
        """Names of the labels, in their order."""
        return tuple(label.name for label in self.label_set)

    def labels(self, **values: str) -> MetricT:
        """Give the series of these label values; every label must be given."""
        return self.metric.labels(*(label.bounded(values[label.name]) for label in self.label_set))

    def begin(self, known: Mapping[str, Sequence[str]]) -> None:
        """Make the metric, with its series where they are few; `known` narrows what a label can be here."""
        begun = self.metric
        values = [known.get(label.name, label.values) for label in self.label_set]
        if values and all(values) and prod(map(len, values)) <= self.most_begun:
            for series in product(*values):
                begun.labels(*series)


class Counter(Definition[prometheus_client.Counter]):
    """Counts what has happened since the process began."""

    kind = "counter"
    most_begun = MOST_COUNTERS_BEGUN

    def _make(self) -> prometheus_client.Counter:
        return prometheus_client.Counter(self.name, self.meaning, self.label_names)

    def inc(self, amount: float = 1) -> None:
        """Count on, where there are no labels."""
        self.metric.inc(amount)


class Gauge(Definition[prometheus_client.Gauge]):
    """Says how much there is now."""

    kind = "gauge"

    def _make(self) -> prometheus_client.Gauge:
        return prometheus_client.Gauge(self.name, self.meaning, self.label_names)

    def set(self, value: float) -> None:
        """Set the value, where there are no labels."""
        self.metric.set(value)

    def inc(self, amount: float = 1) -> None:
        """Add, where there are no labels."""
        self.metric.inc(amount)

    def dec(self, amount: float = 1) -> None:
        """Take away, where there are no labels."""
        self.metric.dec(amount)

    def forget(self) -> None:
        """Show no series until one is set again; where there are no labels, show no number."""
        if self.label_set:
            self.metric.clear()
        else:
            self.metric.set(float("nan"))


class Histogram(Definition[prometheus_client.Histogram]):
    """Counts observations by size."""

    kind = "histogram"
    most_begun = MOST_HISTOGRAMS_BEGUN

    def __init__(  # noqa: PLR0913 - what a histogram is, by name
        self,
        name: str,
        meaning: str,
        *,
        unit: str,
        by: Sequence[Process],
        labels: Sequence[Label] = (),
        buckets: Sequence[float],
    ) -> None:
        """Define a histogram; `buckets` are upper bounds."""
        super().__init__(name, meaning, unit=unit, by=by, labels=labels)
        self.buckets = tuple(buckets)

    def _make(self) -> prometheus_client.Histogram:
        return prometheus_client.Histogram(self.name, self.meaning, self.label_names, buckets=self.buckets)

    def observe(self, value: float) -> None:
        """Count one observation, where there are no labels."""
        self.metric.observe(value)

    @contextmanager
    def time(self, **values: str) -> Iterator[None]:
        """Observe how many seconds the context was open, whatever came of it."""
        begun = perf_counter()
        try:
            yield
        finally:
            (self.labels(**values) if self.label_set else self.metric).observe(perf_counter() - begun)


class Foreign:
    """A metric that a library exports by itself."""

    def __init__(
        self, name: str, kind: str, meaning: str, *, unit: str, labels: Sequence[Label] = ()
    ) -> None:
        """Name what is exported by every process."""
        self.name = name
        self.kind = kind
        self.meaning = meaning
        self.unit = unit
        self.exported_by = tuple(Process)
        self.label_set = tuple(labels)


AnyDefinition = Counter | Gauge | Histogram
