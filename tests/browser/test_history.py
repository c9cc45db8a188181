"""The history finds what was asked."""

import httpx2
import pytest
from playwright.async_api import Page, expect

from tests.browser.asking import ask
from tests.e2e.reports import ask as ask_by_rest
from tests.e2e.reports import ending

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_report_is_found_by_its_words_and_its_state(page: Page) -> None:
    report_id = await ask(page, "How deep is the burrow of a quokka?")
    await expect(page.locator("#state-tag")).to_have_text("Completed")

    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Reports").click()
    await page.get_by_label("Search titles and questions").fill("quokka burrow")
    await page.get_by_role("button", name="Search").click()
    row = page.get_by_role("table", name="Reports").get_by_role("row").nth(1)
    await expect(row).to_contain_text("Completed")
    await expect(row).to_contain_text("simulated-1")
    await expect(page.locator("#summary")).to_have_text("1 report")

    await page.get_by_label("State").select_option("Failed")
    await expect(page.get_by_role("heading", name="No report matches")).to_be_visible()
    await page.go_back()
    await row.get_by_role("link").click()
    await page.wait_for_url(f"**/reports/{report_id}")


async def test_more_than_a_page_of_reports(page: Page, http: httpx2.AsyncClient) -> None:
    """Older reports are a link away, and the browser's back button leads to the newer ones again."""
    asked = [await ask_by_rest(http, f"One of many reports, number {number}") for number in range(21)]
    for workflow_id in asked:
        assert (await ending(http, workflow_id)).event == "completed"
    await page.goto("/reports")
    rows = page.get_by_role("table", name="Reports").get_by_role("row")
    await expect(rows).to_have_count(21)
    await page.get_by_role("link", name="Older").click()
    await expect(page.locator("#paging")).to_contain_text("Page 2 of")
    await page.go_back()
    await expect(page.locator("#paging")).to_contain_text("Page 1 of")
    await expect(rows).to_have_count(21)
