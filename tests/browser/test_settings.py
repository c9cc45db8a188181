"""What somebody chooses in a browser holds on every page of it."""

import httpx2
import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.reports import ending
from tests.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

# A browser that lets pages notify, and remembers what they said.
NOTIFICATIONS = """
window.told = [];
window.Notification = class {
  static permission = "granted";
  static requestPermission = async () => "granted";
  constructor(title, { body }) { window.told.push([title, body]); }
};
"""


async def choose(page: Page, label: str, role: str = "radio") -> None:
    """Choose something on the page of settings, which keeps it at once."""
    await page.goto("/settings")
    await page.get_by_role(role, name=label).check()  # type: ignore[arg-type] # a literal type of the library's
    await expect(page.locator("#kept")).to_have_text("Kept.")


async def test_a_name_and_a_mode_are_in_the_next_question(page: Page) -> None:
    await choose(page, "Waits for my review")
    await page.get_by_label("Who you are").fill("Flora")
    await page.keyboard.press("Tab")
    await page.goto("/")
    await expect(page.get_by_label("Your name or team")).to_have_value("Flora")
    await expect(page.get_by_label("Review the draft")).to_be_checked()


async def test_days_are_those_of_the_readers_time_zone(browser: Browser, stack: RunningStack) -> None:
    page = await browser.new_page(base_url=stack.gateway_url, timezone_id="Asia/Tokyo")
    await page.goto("/settings")
    await expect(page.get_by_role("radio", name="As this machine: Asia/Tokyo")).to_be_checked()
    await page.goto("/costs")
    await expect(page.locator("#costs")).to_contain_text("days in Asia/Tokyo")
    await choose(page, "UTC")
    # The next page notes the choice for the pages that the server fills.
    await page.goto("/settings")
    await page.goto("/costs")
    await expect(page.locator("#costs")).to_contain_text("days in UTC")
    await page.close()


async def test_the_end_of_ones_own_report_is_notified(
    context: BrowserContext, page: Page, http: httpx2.AsyncClient
) -> None:
    await context.add_init_script(NOTIFICATIONS)
    await choose(page, "Notify me", role="checkbox")
    await page.get_by_label("Who you are").fill("Gina")
    await page.keyboard.press("Tab")
    async with page.expect_response("**/api/reports/events"):
        await page.goto("/webhooks")
    for name in ("Hugo", "Gina"):
        asked = {"prompt": f"A report that {name} waits for", "requested_by": name}
        accepted = (await http.post("/api/workflows/generate-report", json=asked)).json()
        assert (await ending(http, accepted["workflow_id"])).event == "completed"
    await page.wait_for_function("told.length > 0")
    [[title, body]] = await page.evaluate("told")
    assert title == "The report is ready"
    assert "Gina" in body


async def test_this_system_is_described(page: Page) -> None:
    await page.goto("/settings")
    deployment = page.locator(".settings__deployment")
    await expect(deployment).to_contain_text("at most 16,000 characters")
    await expect(deployment).to_contain_text("BOOTSTRAP_API_KEY")
