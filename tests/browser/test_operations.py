"""The operator's page: what happens shows by itself, and what Prometheus and Grafana know where they are."""

import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from playwright.async_api import Page, Route, expect

from runtime import bus
from runtime.bus import BusSettings
from tests.e2e.reports import ask, ending
from tests.llm_simulator import Behaviour, Fault, SimulatorClient
from tests.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVENTS = "**/api/operations/events"


async def test_failures_and_dead_letters_show_by_themselves(
    page: Page, http: httpx2.AsyncClient, simulator: SimulatorClient, stack: RunningStack
) -> None:
    await page.goto("/operations")
    await expect(page.locator("#state")).to_have_text("Every part works.")
    for queue in ("reports (workflow)", "llm (activity)", "pdf (activity)", "webhooks (activity)"):
        row = page.get_by_role("row", name=queue).first
        await expect(row).to_be_visible()
    await expect(page.get_by_role("table", name="Task queues").get_by_text("None")).to_have_count(0)

    prompt = f"A report that fails before an operator {uuid4()}"
    await simulator.script(Behaviour(fault=Fault.STATUS, status=404), prompt_contains=prompt)
    workflow_id = await ask(http, prompt)
    assert (await ending(http, workflow_id)).event == "failed"
    failure = page.get_by_role("table", name="Last failures").get_by_role("row", name=prompt)
    await expect(failure).to_contain_text("model_not_found")

    producer = f"p{uuid4().hex[:8]}"
    async with bus.connect(BusSettings(nats_url=stack.nats_url), name="test") as connection:
        await connection.jetstream.publish(f"reports.v1.request.{producer}.1", b"not JSON")
    letters = page.get_by_role("table", name="Dead letters")
    await expect(letters.get_by_role("row", name=producer)).to_contain_text("not_json")

    await failure.get_by_role("link").click()
    await page.wait_for_url(f"**/reports/{workflow_id}")


async def test_alerts_and_dashboards_where_there_are_some(page: Page, http: httpx2.AsyncClient) -> None:
    """The gateway of this stack has neither: the page is told that there are."""
    view: dict[str, Any] = (await http.get("/api/operations")).json()
    view["has_dashboards"] = True
    view["tasks"], view["silent"] = None, {"tasks": "UNAVAILABLE"}
    view["alerts"] = [
        {
            "name": "NoPollers",
            "severity": "page",
            "summary": "Nobody works on a task queue.",
            "description": "No worker asks for activity tasks of pdf.",
            "since": "2026-11-22T10:00:00Z",
        }
    ]

    async def tell(route: Route) -> None:
        message = f"retry: 60000\n\nevent: operations\ndata: {json.dumps(view)}\n\n"
        await route.fulfill(content_type="text/event-stream", body=message)

    async def show(route: Route) -> None:
        await route.fulfill(content_type="text/html", body=f"<h1>{route.request.url.rpartition('/')[2]}</h1>")

    await page.route(EVENTS, tell)
    await page.route("**/grafana/**", show)
    await page.goto("/operations")
    await expect(page.locator("#alerts")).to_contain_text("Nobody works on a task queue.")
    await expect(page.locator("#alerts")).to_contain_text("docs/runbooks/NoPollers.md")
    await expect(page.get_by_text("Not known now: UNAVAILABLE").first).to_be_visible()
    frame = page.frame_locator("iframe[title=Dashboard]")
    await expect(frame.get_by_role("heading")).to_have_text("reports?kiosk&theme=system")
    await page.get_by_role("link", name="Task queues").click()
    await expect(frame.get_by_role("heading")).to_have_text("task-queues?kiosk&theme=system")
