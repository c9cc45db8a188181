"""The whole life of a report as one person sees it in one browser, through the death of the gateway."""

from typing import Literal

import httpx2
import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped] # it ships no types
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.asking import ask
from tests.browser.conftest import Complaints
from tests.browser.test_every_page import RULES
from tests.llm_simulator import Behaviour, Fault, Rule, SimulatorClient
from tests.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

PROMPT = "What does a whole life of a report look like?"
FIRST = """# A whole life

The first paragraph stays as it is.

The sea lost a half of its water in those years.

The last paragraph goes away.
"""
SECOND = """# A whole life

The first paragraph stays as it is.

The sea lost nine tenths of its water in those years.
"""


TRANSITIONS_OVER = """() => Promise.allSettled(
    document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished)
).then(() => null)"""


async def check_access(page: Page, theme: Literal["light", "dark"]) -> None:
    """Have axe look at the page as it is now."""
    await page.emulate_media(color_scheme=theme)
    # Colours on their way from one theme to the other belong to neither.
    await page.evaluate(TRANSITIONS_OVER)
    state = await page.locator("#state-tag").inner_text()
    results = await Axe().run(page, options={"runOnly": RULES})
    assert results.violations_count == 0, f"{state}, {theme}: {results.generate_report()}"


async def test_from_the_question_to_the_pdf(  # noqa: PLR0915 - one life, from its beginning to its end
    *,
    browser: Browser,
    page: Page,
    complaints: Complaints,
    http: httpx2.AsyncClient,
    simulator: SimulatorClient,
    stack: RunningStack,
) -> None:
    """Written before one's eyes, paused, watched through a crash, reviewed by two people, and finished."""
    # A second viewer, who looks with axe: it injects styles, which the policy of the pages rightly blocks.
    viewer = await browser.new_page(base_url=stack.gateway_url)
    tag, text = page.locator("#state-tag"), page.locator("#text")
    stalled = Behaviour(text=FIRST, fault=Fault.STALL, after_chunks=3, gate="life")
    # A call that a pause stopped is made again, one that ended before the pause reached it is not.
    await simulator.rules(
        Rule(behaviour=Behaviour(text=SECOND), prompt_contains="Say nine tenths."),
        Rule(behaviour=stalled, prompt_contains=PROMPT, times=None),
    )
    report_id = await ask(page, PROMPT, review=True)
    await expect(text).to_contain_text("The first paragraph stays")
    await viewer.goto(page.url)
    await expect(viewer.locator("#text")).to_contain_text("The first paragraph stays")
    await check_access(viewer, "dark")

    await page.get_by_role("button", name="Pause").click()
    await expect(tag).to_have_text("Paused")
    await expect(viewer.locator("#state-tag")).to_have_text("Paused")
    await check_access(viewer, "light")
    await page.get_by_role("button", name="Resume").click()
    await expect(tag).to_have_text("In progress")

    for process in stack.processes("gateway", "gateway"):
        process.kill()
    await expect(page.locator("#connection")).to_contain_text("reconnecting")
    await expect(text).to_contain_text("The first paragraph stays")
    await simulator.release(gate="life")
    await expect(page.get_by_role("heading", name="The draft waits for you")).to_be_visible()
    paragraphs = [part.strip() for part in FIRST.split("\n\n")[1:]]
    assert await text.locator("p").all_inner_texts() == paragraphs
    complaints.messages = [message for message in complaints.messages if "ERR_" not in message]

    # The other reviewer is quicker: this page decides about a draft that is no longer the current one.
    async def decide_before(route: Route) -> None:
        decision = {"revision": 1, "decision": "revise", "instructions": "Say nine tenths."}
        answer = await http.post(f"/api/workflows/{report_id}/decision", json=decision)
        assert answer.status_code == 200, answer.text
        await route.continue_()

    await page.route("**/decision", decide_before)
    await page.get_by_role("button", name="Approve and make the PDF").click()
    await expect(page.locator("#report-notice")).to_contain_text("Someone was quicker")
    await page.unroute("**/decision")
    complaints.forgive("409")
    await expect(page.get_by_role("heading", name="Draft 2 waits for you")).to_be_visible()
    await expect(text).to_contain_text("nine tenths")

    for reader in (page, viewer):
        await reader.get_by_label("Changes since").select_option("Draft 1")
        changes = reader.locator("#other-draft")
        await expect(changes.locator(".diff--changed ins")).to_have_text("nine tenths ")
        await expect(changes.locator(".diff--changed del")).to_have_text("a half ")
        await expect(changes.locator(".diff--removed")).to_have_text("The last paragraph goes away.")
    await viewer.get_by_text("What was asked for", exact=True).click()
    await check_access(viewer, "light")
    await check_access(viewer, "dark")

    await page.get_by_role("button", name="Approve and make the PDF").click()
    await expect(tag).to_have_text("Completed")
    await expect(page.locator("#facts")).to_contain_text("revision 2")
    await expect(viewer.locator("#facts")).to_contain_text("revision 2")
    await check_access(viewer, "light")
    result = (await http.get(f"/api/workflows/{report_id}/result")).json()
    assert result["markdown"] == SECOND
    await viewer.close()


async def test_other_endings_can_be_read_by_everyone(
    browser: Browser, page: Page, simulator: SimulatorClient, stack: RunningStack
) -> None:
    """A report that failed, and one that was cancelled while it waited."""
    viewer = await browser.new_page(base_url=stack.gateway_url)
    refused = Behaviour(fault=Fault.STATUS, status=401, error_code="invalid_api_key")
    await simulator.script(refused, prompt_contains="ends badly")
    failed = await ask(page, "A report that ends badly")
    await expect(page.locator("#state-tag")).to_have_text("Failed")
    cancelled = await ask(page, "A report that is cancelled while it waits", review=True)
    await expect(page.get_by_role("heading", name="The draft waits for you")).to_be_visible()
    await page.get_by_role("button", name="Cancel the report").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel the report").click()
    await expect(page.locator("#state-tag")).to_have_text("Cancelled")
    endings: list[tuple[str, str, Literal["light", "dark"]]] = [
        (failed, "Failed", "dark"),
        (cancelled, "Cancelled", "light"),
    ]
    for report_id, word, theme in endings:
        await viewer.goto(f"/reports/{report_id}")
        await expect(viewer.locator("#state-tag")).to_have_text(word)
        await expect(viewer.get_by_role("button", name="Run again")).to_be_visible()
        await check_access(viewer, theme)
    await viewer.close()
