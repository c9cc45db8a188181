"""The catalogue as a page for people: `python -m runtime.metrics.page > docs/metrics.md`."""

import sys

from runtime.metrics.catalogue import FOREIGN, METRICS
from runtime.metrics.definitions import AnyDefinition, Foreign, Label, Process

# A set that is longer than this is named by its first values.
SHOWN_VALUES = 12

HEAD = """# Metrics

Every process answers `GET /metrics` on its own port in Prometheus' text format. This page lists all there is:
it is made from the catalogue (`libs/runtime/src/runtime/metrics/catalogue`) with
`python -m runtime.metrics.page > docs/metrics.md`, and tests compare it with the catalogue, and the catalogue
with what running processes export.

- Labels take their values from the sets named here, and from nowhere else: what is not in a set is counted as
  `other`.
- A histogram `x` has the series `x_bucket`, `x_sum` and `x_count`. Where a label's values are few, counters
  begin at zero when their process does, so that `increase()` sees the first event.
- Names that begin with `gen_ai_` follow OpenTelemetry's conventions for generative AI, names that begin with
  `temporal_` are those of Temporal's SDK ([ADR 0015](adr/0015-one-catalogue-of-metrics.md)).
- Processes: {processes}.
- Figures about something shared (the bus, task queues, open reports) are the same from every replica: take
  the `max`, not the `sum`. They are left out while they cannot be read, and `metrics_probe_up` is 0.

| name | type | labels | unit | meaning | exported by |
|---|---|---|---|---|---|
"""


def page() -> str:
    """Give the page."""
    head = HEAD.format(processes=", ".join(f"`{process}`" for process in Process))
    rows = [_row(definition) for definition in (*METRICS, *FOREIGN)]
    return head + "".join(rows) + "\n## Values of labels\n\n" + _labels()


def _row(definition: AnyDefinition | Foreign) -> str:
    labels = ", ".join(f"`{label.name}`" for label in definition.label_set)
    every = len(definition.exported_by) == len(Process)
    by = "every process" if every else ", ".join(definition.exported_by)
    cells = (f"`{definition.name}`", definition.kind, labels, definition.unit, definition.meaning, by)
    return f"| {' | '.join(cells)} |\n"


def _labels() -> str:
    lines: dict[str, str] = {}
    for definition in (*METRICS, *FOREIGN):
        for label in definition.label_set:
            lines.setdefault(f"- `{label.name}`: {_values(label)}\n", "")
    return "".join(sorted(lines))


def _values(label: Label) -> str:
    if not label.values:
        return label.source
    shown = ", ".join(f"`{value}`" if value else "empty" for value in label.values[:SHOWN_VALUES])
    hidden = len(label.values) - SHOWN_VALUES
    return f"{shown} and {hidden} more" if hidden > 0 else shown


if __name__ == "__main__":
    sys.stdout.write(page())
