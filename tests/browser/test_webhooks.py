"""The webhooks page: the secret is shown once, endpoints come and go."""

import re

import httpx2
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Complaints
from tests.e2e.reports import ask, ending
from tests.notifier.receiver import Receiver

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_endpoint_is_added_and_deleted(page: Page) -> None:
    url = "http://127.0.0.1:9/hooks/browser"
    await page.goto("/webhooks")
    await page.get_by_label("Address").fill(url)
    await page.get_by_label("Note").fill("From the browser")
    await page.get_by_role("button", name="Add the endpoint").click()
    secret = page.locator("#new-secret code")
    await expect(secret).to_have_text(re.compile(r"^whsec_\S+"))

    item = page.get_by_role("listitem").filter(has_text=url)
    await expect(item).to_contain_text("Completed, Failed")
    await item.get_by_text("Deliveries").click()
    await expect(item).to_contain_text("Nothing was sent to this endpoint yet.")

    await page.reload()
    await expect(item).to_be_visible()
    await expect(secret).to_have_count(0)
    await item.get_by_role("button", name=f"Delete {url}").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete the endpoint").click()
    await expect(item).to_have_count(0)
    await expect(page.locator("#webhook-status")).to_have_text("The endpoint is deleted.")
    await expect(page.get_by_role("heading", name="Endpoints", exact=True)).to_be_focused()


async def test_wrong_input_is_told_at_its_field(page: Page) -> None:
    await page.goto("/webhooks")
    await page.get_by_label("Address").fill("not an address")
    for name in ("Completed", "Failed"):
        await page.get_by_label(name, exact=True).uncheck()
    await page.get_by_role("button", name="Add the endpoint").click()
    await expect(page.locator("#url-error")).to_contain_text("Write the whole address")
    await expect(page.locator("#event_types-error")).to_have_text("Choose at least one.")
    await expect(page.get_by_label("Address")).to_be_focused()


async def test_what_cannot_be_done_is_told_at_its_endpoint(
    page: Page, http: httpx2.AsyncClient, complaints: Complaints
) -> None:
    """Somebody else has deleted it meanwhile: the page says so, and its buttons can be pressed again."""
    url = "http://127.0.0.1:9/hooks/gone"
    endpoint = (await http.post("/api/webhooks", json={"url": url})).json()
    await page.goto("/webhooks")
    item = page.get_by_role("listitem").filter(has_text=url)
    assert (await http.delete(f"/api/webhooks/{endpoint['endpoint_id']}")).is_success

    await item.get_by_text("Deliveries").click()
    await expect(item.locator(".endpoint__deliveries")).to_contain_text("The deliveries could not be read")
    await expect(item.get_by_role("button", name="Try again")).to_be_visible()
    delete = item.get_by_role("button", name=f"Delete {url}")
    await delete.click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete the endpoint").click()
    await expect(item.get_by_role("alert")).to_contain_text("There is no such thing")
    await expect(delete).to_be_focused()
    await expect(delete).to_have_text("Delete")
    complaints.forgive(endpoint["endpoint_id"])


async def test_a_delivery_is_shown_and_sent_again(page: Page, http: httpx2.AsyncClient) -> None:
    with Receiver() as receiver:
        url = receiver.url("/shown")
        endpoint = (await http.post("/api/webhooks", json={"url": url})).json()
        await ending(http, await ask(http, "A report whose delivery is looked at"))
        await receiver.wait_for("/shown", 1)

        await page.goto("/webhooks")
        item = page.get_by_role("listitem").filter(has_text=url)
        await item.get_by_text("Deliveries").click()
        row = item.get_by_role("table", name="Deliveries").get_by_role("row").nth(1)
        await expect(row).to_contain_text("Completed")
        await row.get_by_role("button").click()
        first, second = await receiver.wait_for("/shown", 2)
        assert first.webhook_id == second.webhook_id
        await expect(item.locator("summary")).to_be_focused()
        assert (await http.delete(f"/api/webhooks/{endpoint['endpoint_id']}")).is_success
