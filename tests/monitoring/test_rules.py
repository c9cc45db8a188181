"""Alerts ask for what is exported, fire when they should and only then, and tell who is woken what to do."""

import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.monitoring.queries import (
    PROMETHEUS,
    ROOT,
    RULE_TESTS,
    RUNBOOKS,
    Query,
    alerts,
    complaints,
    rule_queries,
)

SECTIONS = ["## What it means", "## How to look", "## What to do"]


def run(*command: str) -> None:
    """Run one of Prometheus' own tools; what it finds fails the test."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_its_configuration_and_the_rules() -> None:
    run("promtool", "check", "config", str(PROMETHEUS / "prometheus.yml"))


def test_the_alertmanagers_example_is_valid() -> None:
    run("amtool", "check-config", str(PROMETHEUS / "alertmanager.example.yml"))


@pytest.mark.parametrize("file", sorted(RULE_TESTS.glob("*.yml")), ids=lambda file: file.stem)
def test_alerts_fire_when_they_should_and_only_then(file: Path) -> None:
    run("promtool", "test", "rules", str(file))


def test_every_alert_is_tested_both_ways() -> None:
    fires: Counter[str] = Counter()
    stays_quiet: Counter[str] = Counter()
    for file in RULE_TESTS.glob("*.yml"):
        for case in yaml.safe_load(file.read_text())["tests"]:
            for expected in case["promql_expr_test"]:
                (name,) = re.findall(r'alertname="(\w+)"', expected["expr"])
                (fires if expected["exp_samples"] else stays_quiet)[name] += 1
    names = {alert["alert"] for alert in alerts()}
    assert set(fires) == names
    assert set(stays_quiet) == names


@pytest.mark.parametrize("query", rule_queries(), ids=str)
def test_rules_ask_for_what_is_exported(query: Query) -> None:
    assert complaints(query) == []


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_says_how_urgent_it_is_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert {"summary", "description", "runbook_url"} <= set(alert["annotations"])
    runbook = RUNBOOKS / f"{alert['alert']}.md"
    assert alert["annotations"]["runbook_url"] == str(runbook.relative_to(ROOT))
    text = runbook.read_text()
    assert text.startswith(f"# {alert['alert']}\n")
    assert [line for line in text.splitlines() if line.startswith("## ")] == SECTIONS


def test_runbooks_are_of_alerts_and_name_commands_that_exist() -> None:
    names = {alert["alert"] for alert in alerts()}
    runbooks = {file.stem: file.read_text() for file in RUNBOOKS.glob("*.md") if file.stem != "README"}
    assert set(runbooks) == names
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name, text in runbooks.items():
        assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets, name
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (RUNBOOKS / link).exists(), f"{name}: {link}"
    index = (RUNBOOKS / "README.md").read_text()
    listed = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\) \| (.+) \|$", index, re.MULTILINE)
    assert {
        (name, name, alert["annotations"]["summary"]) for alert in alerts() if (name := alert["alert"])
    } == set(listed)
