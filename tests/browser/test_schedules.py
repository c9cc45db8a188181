"""A schedule is made, changed, tried, paused and deleted by hand."""

import re

import httpx2
import pytest
from playwright.async_api import Locator, Page, Request, expect

from tests.browser.conftest import Complaints
from tests.e2e.reports import ending

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def make(page: Page, name: str) -> None:
    """Keep a schedule for every Monday and Friday."""
    await page.goto("/schedules")
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("Question").fill(f"What is new about {name}?")
    await page.get_by_label("How often").select_option("weekly")
    await page.get_by_label("Fri").check()
    await page.get_by_label("At", exact=True).fill("07:30")
    await page.get_by_label("Time zone").fill("Europe/Berlin")
    await expect(page.locator("#preview")).to_contain_text("Monday")
    await expect(page.locator("#preview li").first).to_have_text(
        re.compile(r"^(Mon|Fri) \d+ \w+ \d+, 07:30$")
    )
    await page.get_by_role("button", name="Keep the schedule").click()


async def change(page: Page, item: Locator, name: str) -> Locator:
    """Change time and name by the form; only these are sent, and once, though the button is pressed twice."""
    await item.get_by_role("link", name=f"Edit: {name}").click()
    await expect(page.get_by_label("Name", exact=True)).to_be_focused()
    await expect(page.get_by_label("Name", exact=True)).to_have_value(name)
    await expect(page.get_by_label("Fri", exact=True)).to_be_checked()
    await expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    changes: list[object] = []

    def listen(sent: Request) -> None:
        if sent.method == "PATCH":
            changes.append(sent.post_data_json)

    page.on("request", listen)
    await page.get_by_label("At", exact=True).fill("08:15")
    await page.get_by_label("Name", exact=True).fill(f"{name}, later")
    await page.get_by_role("button", name="Keep the changes").dblclick()
    await page.wait_for_url("**/schedules#schedule-*")
    calendar = {"kind": "weekly", "days": ["mon", "fri"], "at": "08:15"}
    assert changes == [{"calendar": calendar, "name": f"{name}, later"}]
    changed = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=f"{name}, later"))
    await expect(changed).to_contain_text("08:15")
    return changed


async def test_a_schedule_is_kept_changed_run_paused_and_deleted(
    page: Page, http: httpx2.AsyncClient
) -> None:
    name = "the river news"
    await make(page, name)
    item = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))
    await expect(item).to_contain_text("07:30")
    await expect(item).to_contain_text("No run yet")

    item = await change(page, item, name)

    await item.get_by_role("button", name="Run now").click()
    watch = page.get_by_role("link", name="Watch it being written")
    address = await watch.get_attribute("href") or ""
    await ending(http, address.rpartition("/")[2])
    await expect(item.locator(f'a[href="{address}"]')).to_be_visible()
    await expect(item).to_contain_text("Completed")

    await item.get_by_role("button", name="Pause").click()
    await expect(item).to_contain_text("None while it is paused")
    await item.get_by_role("button", name="Resume").click()
    await expect(item.get_by_role("button", name="Pause")).to_be_focused()

    await item.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete the schedule").click()
    await expect(item).to_have_count(0)
    await page.goto(address)
    await expect(page.locator("#state-tag")).to_have_text("Completed")


async def test_a_wrong_schedule_is_told_at_its_field(page: Page, complaints: Complaints) -> None:
    await page.goto("/schedules")
    await page.get_by_label("How often").select_option("cron")
    await page.get_by_label("Cron").fill("* * * * *")
    await expect(page.locator("#preview")).to_contain_text("at least 5 minutes")
    await page.get_by_label("Name", exact=True).fill("Too often")
    await page.get_by_label("Question").fill("What is new?")
    await page.get_by_role("button", name="Keep the schedule").click()
    await expect(page.locator("#calendar-error")).to_contain_text("at least 5 minutes")
    complaints.forgive("400")
