"""The rules hold what docs/slo.md promises: its objectives, its windows and its burn rates."""

import re

import pytest

from tests.monitoring.queries import ROOT, alerts, recorded

PAGE = (ROOT / "docs" / "slo.md").read_text()
BUDGETS = {"report_accept": "Accept", "report_finish": "Finish", "webhook_first_attempt": "First webhook"}
UNITS = {"minutes": "m", "hour": "h", "hours": "h", "day": "d", "days": "d"}
_ROW = re.compile(r"^\| (page|ticket) \| ([\d.]+) \| (\d+) (\w+) \| (\d+) (\w+) \|", re.MULTILINE)
_CONDITION = re.compile(r"slo:(\w+)_errors:ratio_rate(\w+) > \(([\d.]+) \* ([\d.]+)\)")


@pytest.mark.parametrize("objective", BUDGETS)
def test_alerts_burn_at_the_rates_of_the_table(objective: str) -> None:
    promised = re.search(rf"^\| \*\*{BUDGETS[objective]}\*\* ([\d.]+) %", PAGE, re.MULTILINE)
    assert promised is not None
    budget = round(1 - float(promised[1]) / 100, 6)
    wanted = {
        (severity, window, float(rate), budget)
        for severity, rate, long, long_unit, short, short_unit in _ROW.findall(PAGE)
        for window in (f"{long}{UNITS[long_unit]}", f"{short}{UNITS[short_unit]}")
    }
    found = {
        (alert["labels"]["severity"], window, float(rate), float(allowed))
        for alert in alerts()
        for name, window, rate, allowed in _CONDITION.findall(alert["expr"])
        if name == objective
    }
    assert len(wanted) == 8
    assert found == wanted


def test_each_window_is_measured_over_its_own_time() -> None:
    measured = {name: set(re.findall(r"\[(\w+)\]", rule)) for name, rule in recorded().items()}
    windows = {name: found for name, found in measured.items() if name.startswith("slo:")}
    assert windows
    assert windows == {name: {name.rpartition("rate")[2]} for name in windows}
