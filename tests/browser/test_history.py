"""The history finds what was asked."""

import httpx2
import pytest
from playwright.async_api import Page, expect

from tests.browser.asking import ask
from tests.browser.conftest import Complaints
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
    summary = page.locator("#summary")
    await expect(summary).to_contain_text("1 report · ")
    await expect(summary).to_have_attribute("aria-live", "polite")

    failed = page.get_by_role("checkbox", name="Failed")
    await failed.check()
    await expect(page.get_by_role("heading", name="No report matches")).to_be_visible()
    await page.get_by_role("checkbox", name="Completed").check()
    await expect(row).to_contain_text("Completed")
    assert page.url.endswith("status=COMPLETED&status=FAILED")
    await page.go_back()
    await page.go_back()
    await expect(failed).not_to_be_checked()
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
    await page.get_by_role("link", name="More", exact=True).click()
    await expect(page.locator("#paging")).to_contain_text("Page 2 of")
    await page.go_back()
    await expect(page.locator("#paging")).to_contain_text("Page 1 of")
    await expect(rows).to_have_count(21)


async def test_the_list_follows_what_happens(page: Page, http: httpx2.AsyncClient) -> None:
    """A row appears and changes by itself, only where it matches, and costs are summed up."""
    await page.goto("/reports?requested_by=Cleo")
    await expect(page.get_by_role("heading", name="No report matches")).to_be_visible()
    asked = {"prompt": "A report that shows up by itself", "mode": "review", "requested_by": "Cleo"}
    accepted = (await http.post("/api/workflows/generate-report", json=asked)).json()
    row = page.get_by_role("table", name="Reports").get_by_role("row").nth(1)
    await expect(row).to_contain_text("Waiting for review")
    await http.post(
        f"/api/workflows/{accepted['workflow_id']}/decision", json={"revision": 1, "decision": "approve"}
    )
    await expect(row).to_contain_text("Completed")
    await expect(row).to_contain_text("by Cleo")
    await expect(page.locator("#summary")).to_contain_text("1 report · ")


async def test_more_filters_are_in_the_address(page: Page, complaints: Complaints) -> None:
    await page.goto("/reports")
    await page.get_by_text("More filters").click()
    await page.get_by_label("Mode", exact=True).select_option("With review")
    await page.wait_for_url("**/reports?mode=review")
    await page.reload()
    await expect(page.get_by_label("Mode", exact=True)).to_have_value("review")
    await page.get_by_label("From").fill("2020-01-02")
    await page.get_by_label("To", exact=True).fill("2020-01-01")
    await page.keyboard.press("Tab")
    await expect(page.locator("#problem")).to_contain_text("The last day must not be before the first.")
    complaints.forgive("400 ")
