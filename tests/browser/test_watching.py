"""The report's page while the report is made, and when it has ended."""

import re

import httpx2
import pytest
from playwright.async_api import Page, expect

from tests.browser.asking import ask
from tests.browser.conftest import Complaints
from tests.llm_simulator import Behaviour, Fault, SimulatorClient
from tests.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_text_arrives_while_it_is_written_and_becomes_a_document(
    page: Page, simulator: SimulatorClient, http: httpx2.AsyncClient
) -> None:
    prompt = "What does a reader see of a report in the making?"
    stalled = Behaviour(fault=Fault.STALL, after_chunks=12, gate="seen")
    await simulator.script(stalled, prompt_contains=prompt)
    report_id = await ask(page, prompt)

    text = page.locator("#text")
    await expect(text).to_contain_text("This report answers the question")
    await expect(text).not_to_contain_text("The evidence supports")
    await expect(page.locator("#state-tag")).to_have_text("In progress")
    await expect(page.get_by_role("listitem").filter(has_text="Writing")).to_have_attribute(
        "aria-current", "step"
    )
    await simulator.release(gate="seen")

    await expect(page.locator("#state-tag")).to_have_text("Completed")
    await expect(text).to_contain_text("The evidence supports")
    await expect(text.get_by_role("table")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_text(prompt)
    await expect(page.locator("#facts")).to_contain_text("simulated-1")
    await expect(page.get_by_role("button", name="Cancel the report")).to_be_hidden()

    link = page.get_by_role("link", name="Open the PDF")
    assert await link.get_attribute("href") == f"/api/workflows/{report_id}/pdf"
    pdf = await http.get(f"/api/workflows/{report_id}/pdf")
    assert pdf.content.startswith(b"%PDF-")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download").click()
    assert (await download.value).suggested_filename.endswith(".pdf")


async def test_a_finished_report_reads_the_same_when_it_is_opened_later(page: Page) -> None:
    await ask(page, "A report that is opened once more")
    await expect(page.locator("#state-tag")).to_have_text("Completed")
    finished = page.locator("#text[aria-busy=false]")
    await expect(finished).to_contain_text("The evidence supports")
    text = await finished.inner_text()
    await page.reload()
    await expect(page.locator("#state-tag")).to_have_text("Completed")
    await expect(finished).to_contain_text("The evidence supports")
    assert await finished.inner_text() == text
    assert (await page.title()).startswith("A report that is opened once more")
    await page.emulate_media(media="print")
    await expect(page.locator("#sheet")).to_have_css("border-top-width", "0px")
    await expect(page.get_by_role("navigation", name="Main")).to_be_hidden()


async def test_the_page_outlives_its_gateway(
    page: Page, simulator: SimulatorClient, stack: RunningStack, complaints: Complaints
) -> None:
    """The gateway dies while the text is being written: the page comes back by itself and has all of it."""
    prompt = "A report that is watched through a restart"
    stalled = Behaviour(fault=Fault.STALL, after_chunks=12, gate="restart")
    await simulator.script(stalled, prompt_contains=prompt)
    await ask(page, prompt)
    await expect(page.locator("#text")).to_contain_text("This report answers the question")

    for process in stack.processes("gateway", "gateway"):
        process.kill()
    await expect(page.locator("#connection")).to_contain_text("reconnecting")
    await expect(page.locator("#text")).to_contain_text("This report answers the question")
    await simulator.release(gate="restart")

    await expect(page.locator("#state-tag")).to_have_text("Completed")
    await expect(page.locator("#text")).to_contain_text("The evidence supports")
    await expect(page.get_by_role("heading", name="Summary")).to_have_count(1)
    complaints.messages = [message for message in complaints.messages if "ERR_" not in message]


async def test_a_report_is_cancelled_after_a_question_back(page: Page, simulator: SimulatorClient) -> None:
    prompt = "A report that is cancelled from its page"
    stalled = Behaviour(fault=Fault.STALL, after_chunks=12, gate="cancelled")
    await simulator.script(stalled, prompt_contains=prompt)
    await ask(page, prompt)
    await expect(page.locator("#text")).to_contain_text("This report answers the question")

    await page.get_by_role("button", name="Cancel the report").click()
    await page.get_by_role("button", name="Keep writing").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator("#state-tag")).to_have_text("In progress")

    await page.get_by_role("button", name="Cancel the report").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel the report").click()
    await expect(page.locator("#state-tag")).to_have_text("Cancelled")
    await expect(page.locator("#text")).to_contain_text("This report answers the question")
    await expect(page.get_by_role("main")).to_be_focused()
    await expect(page.get_by_role("listitem").filter(has_text="Recording")).to_contain_text("done")
    await page.get_by_role("link", name="Edit and run again").click()
    await expect(page.get_by_label("Your question")).to_have_value(prompt)


async def test_a_failure_says_why_and_offers_to_ask_again(page: Page, simulator: SimulatorClient) -> None:
    prompt = "A report whose key is refused"
    refused = Behaviour(fault=Fault.STATUS, status=401, error_code="invalid_api_key")
    await simulator.script(refused, prompt_contains=prompt)
    await ask(page, prompt)
    await expect(page.locator("#state-tag")).to_have_text("Failed")
    notice = page.locator("#report-notice")
    await expect(notice).to_contain_text("provider_rejected_key")
    await expect(page.get_by_role("heading", level=1)).to_have_text(prompt)
    await page.get_by_role("button", name="Run again").click()
    await expect(page.locator("#state-tag")).to_have_text("Completed")
    await expect(page.get_by_role("heading", level=1)).to_have_text(prompt)


async def test_a_wait_is_told_in_words_and_counted_down(page: Page, simulator: SimulatorClient) -> None:
    """How long, until when, and which attempt follows; then it goes on by itself."""
    prompt = "A report whose provider asks to wait"
    busy = Behaviour(fault=Fault.STATUS, status=429, retry_after="2")
    await simulator.script(busy, prompt_contains=prompt)
    await ask(page, prompt)
    waiting = page.locator("#waiting")
    await expect(waiting).to_contain_text("asked us to wait 2 s")
    countdown = re.compile(r"Goes on at \d+:\d\d:\d\d.* (in 0:0\d|any moment now)")
    await expect(waiting).to_contain_text(countdown)
    await expect(page.locator("#state-tag")).to_have_text("Completed")
    await expect(waiting).to_be_hidden()
    writing = page.get_by_role("listitem").filter(has_text="Writing")
    await expect(writing).to_contain_text("attempt 2")


async def test_a_report_is_paused_and_resumed(page: Page, simulator: SimulatorClient) -> None:
    """What was written stays, and nothing of it is there twice."""
    prompt = "A report that is paused while it is written"
    stalled = Behaviour(fault=Fault.STALL, after_chunks=12, gate="paused")
    await simulator.script(stalled, prompt_contains=prompt)
    await ask(page, prompt)
    await expect(page.locator("#text")).to_contain_text("This report answers the question")
    await expect(page.locator("#facts")).to_contain_text("about")

    await page.get_by_role("button", name="Pause").click()
    await expect(page.locator("#state-tag")).to_have_text("Paused")
    await expect(page.locator("#waiting")).to_contain_text("when somebody resumes")
    await expect(page.get_by_role("button", name="Resume")).to_be_focused()
    await page.reload()
    await expect(page.locator("#state-tag")).to_have_text("Paused")
    await expect(page.locator("#text")).to_contain_text("This report answers the question")
    await simulator.release(gate="paused")
    await page.get_by_role("button", name="Resume").click()
    await expect(page.locator("#state-tag")).to_have_text("Completed")
    await expect(page.get_by_role("heading", name="Summary")).to_have_count(1)


async def test_a_finished_report_is_rendered_again(page: Page, http: httpx2.AsyncClient) -> None:
    """The page waits for the new PDF and says so; the text is not written again."""
    report_id = await ask(page, "A report that is rendered again")
    await expect(page.locator("#facts")).to_contain_text("simulated-1")
    await page.get_by_role("button", name="Render again").click()
    await expect(page.locator("#report-notice")).to_contain_text("The PDF was made again")
    await expect(page.get_by_role("button", name="Render again")).to_be_enabled()
    pdf = await http.get(f"/api/workflows/{report_id}/pdf")
    assert pdf.content.startswith(b"%PDF-")
    forms = [await page.get_by_role("link", name=name).get_attribute("href") for name in ("Markdown", "HTML")]
    for address in forms:
        assert (await http.get(address or "")).status_code == 200


async def test_a_report_that_was_never_asked_for(page: Page, complaints: Complaints) -> None:
    await page.goto("/reports/report-of-nobody")
    await expect(page.get_by_role("heading", level=1)).to_have_text("There is no report here")
    await page.get_by_role("main").get_by_role("link", name="All reports").click()
    await expect(page).to_have_url(re.compile(r"/reports$"))
    complaints.forgive("404")


async def test_what_a_model_writes_never_runs(
    page: Page, simulator: SimulatorClient, complaints: Complaints
) -> None:
    prompt = "A report with hostile text"
    hostile = """# <img src=x onerror="window.hostile = 1">A title

<script>window.hostile = 2</script>

A paragraph <b onclick="window.hostile = 3">in bold</b> with [a link](javascript:window.hostile=4) and
[another](data:text/html,<script>window.hostile=5</script>).

<svg onload="window.hostile = 6"></svg><iframe srcdoc="<script>parent.hostile = 7</script>"></iframe>
<form action="https://example.org/"><input name="search"></form><style>body { display: none }</style>

![a picture](https://example.org/pixel.png)

The last words.
"""
    await simulator.script(Behaviour(text=hostile, chunk_delay=0.02), prompt_contains=prompt)
    await ask(page, prompt)
    await expect(page.locator("#state-tag")).to_have_text("Completed")
    await expect(page.locator("#text")).to_contain_text("The last words.")
    await page.locator("#text").get_by_text("in bold").click()
    await page.reload()
    await expect(page.locator("#text")).to_contain_text("The last words.")

    assert await page.evaluate("window.hostile") is None
    found = page.locator("#sheet").locator("script, style, iframe, svg, form, input, img[src^='http']")
    await expect(found).to_have_count(0)
    links = await page.locator("#text a").evaluate_all("links => links.map((link) => link.protocol)")
    assert set(links) <= {"http:", "https:", "mailto:"}
    assert complaints.messages == []
