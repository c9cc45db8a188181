"""The page about costs shows what was spent, and lists what it was spent on."""

import httpx2
import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.reports import ending
from tests.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_was_spent_is_told_by_day_model_and_person(page: Page, http: httpx2.AsyncClient) -> None:
    asked = {"prompt": "A report that has its price", "requested_by": "Dora"}
    accepted = (await http.post("/api/workflows/generate-report", json=asked)).json()
    assert (await ending(http, accepted["workflow_id"])).event == "completed"

    await page.goto("/costs")
    await page.get_by_text("As a table").click()
    await expect(page.get_by_role("table", name="By day")).to_be_visible()
    await expect(page.get_by_role("table", name="By model")).to_contain_text("simulated-1")
    await page.get_by_role("table", name="By person").get_by_role("link", name="Dora").click()
    await expect(page.get_by_role("table", name="Reports")).to_contain_text("A report that has its price")


async def test_other_days_are_a_click_away(page: Page) -> None:
    await page.goto("/costs")
    before = await page.get_by_label("From").input_value()
    await page.get_by_role("link", name="Last 30 days").click()
    await expect(page.get_by_label("From")).not_to_have_value(before)
    await page.get_by_label("From").fill("2020-01-01")
    await page.get_by_label("To", exact=True).fill("2020-01-31")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("#costs")).to_contain_text("Jan 1, 2020 to Jan 31, 2020")
    await expect(page.locator("#costs")).to_contain_text("Nothing was spent.")


async def test_days_are_the_readers_own_from_the_first_visit(browser: Browser, stack: RunningStack) -> None:
    """Before it, nobody has told the server where the reader is."""
    page = await browser.new_page(base_url=stack.gateway_url, timezone_id="Asia/Tokyo")
    await page.goto("/costs")
    await expect(page.locator("#costs")).to_contain_text("days in Asia/Tokyo")
    await page.close()


async def test_a_csv_is_saved(page: Page) -> None:
    await page.goto("/costs")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="CSV by model").click()
    assert (await download.value).suggested_filename.startswith("costs-by-model-")
