"""Dashboards ask for what is exported, explain themselves, and are those that the operations page offers."""

import re
from itertools import combinations
from typing import Any

import pytest
import yaml

from tests.monitoring.queries import DASHBOARDS, ROOT, Query, complaints, dashboards, panel_queries, panels

PROVISIONING = DASHBOARDS.parent / "provisioning"
PAGE = ROOT / "services" / "gateway" / "src" / "gateway" / "pages" / "operations.html"


@pytest.mark.parametrize("query", panel_queries(), ids=str)
def test_panels_ask_for_what_is_exported(query: Query) -> None:
    assert complaints(query) == []


@pytest.mark.parametrize("dashboard", dashboards().values(), ids=dashboards().keys())
def test_every_panel_says_what_it_shows_and_in_which_unit(dashboard: dict[str, Any]) -> None:
    (source,) = yaml.safe_load((PROVISIONING / "datasources" / "prometheus.yml").read_text())["datasources"]
    for panel in panels(dashboard):
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["datasource"] == {"type": source["type"], "uid": source["uid"]}, panel["title"]
        assert all(target["datasource"] == panel["datasource"] for target in panel["targets"])
    titles = [panel["title"] for panel in panels(dashboard)]
    assert len(set(titles)) == len(titles)
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


@pytest.mark.parametrize("dashboard", dashboards().values(), ids=dashboards().keys())
def test_no_panel_covers_another(dashboard: dict[str, Any]) -> None:
    for one, other in combinations([panel["gridPos"] for panel in dashboard["panels"]], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in dashboard["panels"])


def test_the_operations_page_offers_every_dashboard() -> None:
    assert all(dashboard["uid"] == name for name, dashboard in dashboards().items())
    offered = re.findall(r'href="/grafana/d/([\w-]+)\?kiosk&amp;theme=system"', PAGE.read_text())
    assert sorted(offered) == sorted(dashboards())
    assert len(offered) == len(set(offered))
