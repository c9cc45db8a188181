"""The page to ask: nothing typed is lost, nothing sent becomes two reports."""

import httpx2
import pytest
from playwright.async_api import Page, Request, Route, expect

from tests.browser.asking import ask
from tests.browser.conftest import Complaints

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_whole_way_by_keyboard(page: Page) -> None:
    await page.goto("/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Your question")).to_be_focused()
    await page.keyboard.type("Can a report be asked for by keyboard?")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**/reports/report-*")
    await expect(page.locator("#state-tag")).to_have_text("Completed")


async def test_wrong_input_is_told_at_its_field(page: Page) -> None:
    await page.goto("/")
    field = page.get_by_label("Your question")
    submit = page.get_by_role("button", name="Write the report")

    await submit.click()
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#prompt-error")).to_have_text("Write a question first.")

    await field.fill("é" * 16_001)
    await expect(page.locator("#prompt-error")).to_be_hidden()
    await expect(page.locator("#prompt-count")).to_have_text("16,001 of 16,000 characters")
    await submit.click()
    await expect(page.locator("#prompt-error")).to_contain_text("Shorten it by 1 character")


async def test_what_the_server_finds_wrong_is_told_at_its_field(page: Page, complaints: Complaints) -> None:
    """A rule that the page does not know itself still shows at the field, in the server's words."""

    async def send_an_empty_prompt(route: Route) -> None:
        await route.continue_(post_data={"prompt": "", "mode": "auto"})

    await page.route("**/generate-report", send_an_empty_prompt)
    await page.goto("/")
    await page.get_by_label("Your question").fill("Something")
    await page.get_by_role("button", name="Write the report").click()
    await expect(page.locator("#prompt-error")).to_contain_text("must not be empty")
    await expect(page.get_by_label("Your question")).to_be_focused()
    complaints.forgive("/generate-report")


async def test_trying_again_after_a_lost_answer_is_the_same_report(
    page: Page, complaints: Complaints, http: httpx2.AsyncClient
) -> None:
    """The answer is lost after the gateway took the request: the second try has the same key."""
    keys: list[str] = []

    async def lose_the_first_answer(route: Route, request: Request) -> None:
        keys.append(await request.header_value("Idempotency-Key") or "")
        if len(keys) == 1:
            await route.fetch()
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await page.route("**/generate-report", lose_the_first_answer)
    prompt = "A report whose acceptance was not heard"
    await page.goto("/")
    await page.get_by_label("Your question").fill(prompt)
    await page.get_by_role("button", name="Write the report").click()
    await expect(page.get_by_text("Not confirmed yet")).to_be_visible()
    await page.get_by_role("button", name="Try again").click()
    await page.wait_for_url("**/reports/report-*")
    await expect(page.locator("#state-tag")).to_have_text("Completed")

    assert keys[0]
    assert keys == [keys[0]] * 2
    found = await http.get("/api/reports", params={"q": "acceptance heard"})
    assert found.json()["total"] == 1
    assert complaints.messages == []


async def test_an_unsent_question_outlives_a_reload(page: Page) -> None:
    await page.goto("/")
    await page.get_by_label("Your question").fill("Half a question")
    await page.reload()
    await expect(page.get_by_label("Your question")).to_have_value("Half a question")


async def test_another_run_begins_with_what_was_asked(page: Page, http: httpx2.AsyncClient) -> None:
    """Question, mode and name are there to be changed; the new report says which one it repeats."""
    first = await ask(page, "A report that is run again with other words", review=True)
    await page.get_by_role("button", name="Reject").click()
    await page.get_by_role("button", name="Reject the report").click()
    await page.get_by_role("link", name="Edit and run again").click()
    question = page.get_by_label("Your question")
    await expect(question).to_have_value("A report that is run again with other words")
    await expect(page.get_by_label("Review the draft")).to_be_checked()
    await question.fill("A report with other words")
    await page.reload()
    await expect(question).to_have_value("A report with other words")
    await expect(page.get_by_label("Review the draft")).to_be_checked()
    await page.get_by_label("Review the draft").uncheck()
    await page.get_by_label("Your name or team").fill("Ada, research")
    await page.get_by_role("button", name="Write the report").click()
    await page.wait_for_url(lambda url: "/reports/report-" in url and first not in url)
    await expect(page.locator("#state-tag")).to_have_text("Completed")
    listed = (await http.get("/api/reports", params={"q": "other words"})).json()["items"]
    assert {item["mode"] for item in listed if item["workflow_id"] != first} == {"auto"}
    await page.goto("/")
    await expect(page.get_by_label("Your name or team")).to_have_value("Ada, research")


async def test_an_example_and_the_recent_reports(page: Page) -> None:
    await page.goto("/")
    example = page.locator("#examples button").first
    words = await example.text_content()
    await example.click()
    await expect(page.get_by_label("Your question")).to_have_value(words or "")

    report_id = await ask(page, "A report that is listed as recent")
    await expect(page.locator("#state-tag")).to_have_text("Completed")
    await page.goto("/")
    await expect(page.locator(f'#recent a[href="/reports/{report_id}"]')).to_be_visible()
