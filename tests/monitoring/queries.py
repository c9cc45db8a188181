"""Every query of the rules and dashboards, and what it asks for."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import promql_parser
import yaml
from promql_parser import MatchOp, VectorSelector

from runtime.metrics.catalogue import FOREIGN, METRICS

ROOT = Path(__file__).parent.parent.parent
PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES = PROMETHEUS / "rules"
RULE_TESTS = PROMETHEUS / "tests"
RUNBOOKS = ROOT / "docs" / "runbooks"
DASHBOARDS = ROOT / "deploy" / "grafana" / "dashboards"

# What Grafana puts in for its variables, with a scrape every second.
VARIABLES = {"$__rate_interval": "1m", "$__range": "5m"}
ADDED_BY_PROMETHEUS = {"job", "instance", "le"}

# Metrics that other programs export; their labels are theirs.
OTHERS: dict[str, str] = {
    "up": "Prometheus",
    "scrape_duration_seconds": "Prometheus",
    "service_requests": "Temporal's server",
    "service_latency_nouserlatency_bucket": "Temporal's server",
    "service_error_with_type": "Temporal's server",
    "persistence_latency_bucket": "Temporal's server",
    "pg_stat_database_numbackends": "postgres_exporter",
    "pg_settings_max_connections": "postgres_exporter",
    "pg_stat_database_xact_commit": "postgres_exporter",
    "pg_stat_database_deadlocks": "postgres_exporter",
    "pg_database_size_bytes": "postgres_exporter",
    "gnatsd_varz_connections": "prometheus-nats-exporter",
    "gnatsd_varz_slow_consumers": "prometheus-nats-exporter",
    "node_filesystem_avail_bytes": "node_exporter",
    "node_filesystem_size_bytes": "node_exporter",
    "kubelet_volume_stats_available_bytes": "the kubelet",
    "kubelet_volume_stats_capacity_bytes": "the kubelet",
    "probe_ssl_earliest_cert_expiry": "blackbox_exporter",
    "certmanager_certificate_expiration_timestamp_seconds": "cert-manager",
}


@dataclass(frozen=True)
class Query:
    """An expression, and where it stands."""

    place: str
    expression: str

    def __str__(self) -> str:
        """Name the place, as pytest shows it."""
        return self.place


@cache
def rules() -> list[dict[str, Any]]:
    """Give every recording rule and alert."""
    files = [yaml.safe_load(file.read_text()) for file in sorted(RULES.glob("*.yml"))]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    """Give every alert."""
    return [rule for rule in rules() if "alert" in rule]


@cache
def recorded() -> dict[str, str]:
    """Give every recording rule's expression by its name."""
    return {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}


@cache
def dashboards() -> dict[str, dict[str, Any]]:
    """Give every dashboard by the name of its file."""
    return {file.stem: json.loads(file.read_text()) for file in sorted(DASHBOARDS.glob("*.json"))}


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the panels that show something."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def rule_queries() -> list[Query]:
    """Give the queries of all rules."""
    return [Query(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()]


def panel_queries() -> list[Query]:
    """Give the queries of all panels, with Grafana's variables put in."""
    found = []
    for name, dashboard in dashboards().items():
        for panel in panels(dashboard):
            for target in panel["targets"]:
                expression = target["expr"]
                for variable, value in VARIABLES.items():
                    expression = expression.replace(variable, value)
                found.append(Query(f"{name}: {panel['title']} ({target['refId']})", expression))
    return found


def selectors(expression: Any) -> Iterator[VectorSelector]:  # noqa: ANN401 - the parser's types are its own
    """Give everything that an expression selects."""
    if isinstance(expression, VectorSelector):
        yield expression
    for part in ("expr", "lhs", "rhs", "vector_selector", "param"):
        child = getattr(expression, part, None)
        if child is not None:
            yield from selectors(child)
    for argument in getattr(expression, "args", None) or []:
        yield from selectors(argument)


def complaints(query: Query) -> list[str]:
    """Say what a query asks for that nobody exports: metrics, labels, values of labels."""
    found: list[str] = []
    for selector in selectors(promql_parser.parse(query.expression)):
        found += _of_selector(selector)
    return found


def _of_selector(selector: VectorSelector) -> list[str]:
    name = selector.name or ""
    if name in OTHERS or name in recorded():
        return []
    labels = _labels().get(name)
    if labels is None:
        return [f"{name}: not in the catalogue"]
    found = []
    for matcher in selector.matchers.matchers:
        if matcher.name in ADDED_BY_PROMETHEUS:
            continue
        if matcher.name not in labels:
            found.append(f"{name}: has no label {matcher.name}")
        elif labels[matcher.name]:
            asked = matcher.value.split("|") if matcher.op in (MatchOp.Re, MatchOp.NotRe) else [matcher.value]
            found += [
                f"{name}: {matcher.name} is never {value!r}"
                for value in asked
                if value not in labels[matcher.name]
            ]
    return found


@cache
def _labels() -> dict[str, dict[str, tuple[str, ...]]]:
    """Give the labels of every series that our processes export, with their values where those are known."""
    series: dict[str, dict[str, tuple[str, ...]]] = {}
    for definition in (*METRICS, *FOREIGN):
        labels = {label.name: label.values for label in definition.label_set}
        suffixes = ("_bucket", "_sum", "_count") if definition.kind == "histogram" else ("",)
        series |= {f"{definition.name}{suffix}": labels for suffix in suffixes}
    return series
