"""The decision about a draft."""

import httpx2
import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.asking import ask
from tests.browser.conftest import Complaints
from tests.llm_simulator import Behaviour, SimulatorClient

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_draft_is_revised_and_then_approved(page: Page, simulator: SimulatorClient) -> None:
    prompt = "A report that is revised once"
    second = Behaviour(text="# A shorter report\n\nWhat was asked for in the second draft.\n")
    await ask(page, prompt, review=True)
    await expect(page.locator("#state-tag")).to_have_text("Waiting for review")
    await expect(page.locator("#text")).to_contain_text("The evidence supports")

    await page.get_by_role("button", name="Ask for changes").click()
    instructions = page.get_by_label("What should change?")
    await expect(instructions).to_be_focused()
    await page.get_by_role("button", name="Send and write again").click()
    await expect(page.get_by_text("Say what should change.")).to_be_visible()
    await simulator.script(second, prompt_contains="Shorter, please")
    await instructions.fill("Shorter, please.")
    await page.get_by_role("button", name="Send and write again").click()

    await expect(page.get_by_role("heading", name="Draft 2 waits for you")).to_be_visible()
    await expect(page.locator("#text")).to_have_text("What was asked for in the second draft.")
    await expect(page.locator("#waiting")).to_contain_text("Decide by")

    drafts, other = page.locator("#drafts"), page.locator("#other-draft")
    await drafts.get_by_label("Changes since").select_option("Draft 1")
    await expect(other).to_contain_text("What was asked for in the second draft.")
    await expect(other.locator("ins").first).to_be_visible()
    await expect(other.locator("del").first).to_be_visible()
    await expect(page.locator("#text")).to_be_hidden()
    await drafts.get_by_label("Changes since").select_option("0")
    await drafts.get_by_label("Show").select_option("Draft 1")
    await expect(other).to_contain_text("The evidence supports")
    await drafts.get_by_label("Show").select_option("Draft 2")
    await expect(page.locator("#text")).to_be_visible()
    await drafts.get_by_text("What was asked for", exact=True).click()
    await expect(drafts).to_contain_text("Shorter, please.")
    await page.get_by_role("button", name="Approve and make the PDF").click()
    await expect(page.locator("#state-tag")).to_have_text("Completed")
    await expect(page.get_by_role("heading", level=1)).to_have_text("A shorter report")
    await expect(page.locator("#facts")).to_contain_text("revision 2")


async def test_a_draft_is_rejected_after_a_question_back(page: Page) -> None:
    await ask(page, "A report that is rejected", review=True)
    await page.get_by_role("button", name="Reject").click()
    await page.get_by_role("button", name="Reject the report").click()
    await expect(page.locator("#report-notice")).to_contain_text("The draft was rejected")
    await expect(page.locator("#text")).to_contain_text("The evidence supports")
    await expect(page.locator("#review")).to_be_hidden()


async def test_of_two_reviewers_the_slower_is_told(
    page: Page, complaints: Complaints, http: httpx2.AsyncClient
) -> None:
    """The decision of the slower one reaches the gateway after another that the page has not heard of.

    What the page then asks for may come from the row, which is still that of the first draft.
    """
    report_id = await ask(page, "A report with two reviewers", review=True)
    await expect(page.get_by_role("button", name="Ask for changes")).to_be_visible()

    async def decide_before(route: Route) -> None:
        decision = {"revision": 1, "decision": "revise", "instructions": "Longer."}
        answer = await http.post(f"/api/workflows/{report_id}/decision", json=decision)
        assert answer.status_code == 200, answer.text
        await route.continue_()

    second = page.get_by_role("heading", name="Draft 2 waits for you")
    row = (await http.get(f"/api/workflows/{report_id}/status")).json() | {"updated_at": None}

    async def answer_from_the_row(route: Route) -> None:
        await expect(second).to_be_visible()
        await route.fulfill(json=row)

    await page.route("**/decision", decide_before)
    await page.route("**/status", answer_from_the_row)
    async with page.expect_request_finished(lambda request: request.url.endswith("/status")):
        await page.get_by_role("button", name="Approve and make the PDF").click()
        await expect(page.locator("#report-notice")).to_contain_text("Someone was quicker")
    await page.evaluate("() => fetch('/health/live').then(() => null)")
    await expect(second).to_be_visible()
    complaints.forgive("409")
