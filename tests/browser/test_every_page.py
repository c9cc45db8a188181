"""What holds for every page: readable by everyone, at every width, with nothing from elsewhere."""

from typing import Literal

import httpx2
import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped] # it ships no types
from playwright.async_api import Browser, Page, expect

from tests.browser.asking import ask
from tests.e2e.reports import ending
from tests.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = (
    "/",
    "/reports",
    "/schedules",
    "/batches",
    "/webhooks",
    "/costs",
    "/operations",
    "/settings",
    "/how-it-works",
)
WEEKLY = {"name": "For every reader", "prompt": "What is new?", "calendar": {"kind": "hours", "hours": 168}}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def addresses(page: Page) -> list[str]:
    """Give the address of every page; a finished report, one under review and a batch among them."""
    done = await ask(page, "A report for every reader")
    await expect(page.locator("#facts")).to_contain_text("simulated-1")
    waiting = await ask(page, "A draft for every reader", review=True)
    await expect(page.locator("#state-tag")).to_have_text("Waiting for review")
    await page.request.post("/api/schedules", data=WEEKLY)
    batch = await (await page.request.post("/api/batches", data={"prompts": ["One", "Two"]})).json()
    return [*PAGES, f"/reports/{done}", f"/reports/{waiting}", f"/batches/{batch['batch_id']}"]


async def settled(page: Page, address: str) -> None:
    """Open a page and wait until it shows what it has fetched."""
    await page.goto(address)
    await expect(page.locator('[aria-busy="true"]')).to_have_count(0)
    if address.startswith("/reports/"):
        await expect(page.locator("#text > p").first).to_be_visible()


async def test_no_page_complains_or_loads_anything_from_elsewhere(page: Page, stack: RunningStack) -> None:
    """The page fixture fails on blocked content and exceptions; this adds where everything came from."""
    origins: set[str] = set()
    page.on("request", lambda request: origins.add(request.url.split("/", 3)[2]))
    for address in await addresses(page):
        await settled(page, address)
    assert origins == {stack.gateway_url.removeprefix("http://")}


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_accessible_in_both_themes(
    browser: Browser, page: Page, stack: RunningStack, theme: Literal["light", "dark"]
) -> None:
    # A page of its own: axe injects styles, which the policy of the pages rightly blocks.
    checked = await browser.new_page(base_url=stack.gateway_url, color_scheme=theme)
    for address in [*await addresses(page), "/reports/report-of-nobody", "/batches/of-nobody"]:
        await checked.goto(address)
        await expect(checked.locator('[aria-busy="true"]')).to_have_count(0)
        results = await Axe().run(checked, options={"runOnly": RULES})
        assert results.violations_count == 0, f"{address}: {results.generate_report()}"


@pytest.mark.parametrize("width", [360, 768])
async def test_nothing_is_wider_than_a_phone(
    browser: Browser, page: Page, stack: RunningStack, width: int
) -> None:
    narrow = await browser.new_page(base_url=stack.gateway_url, viewport={"width": width, "height": 740})
    for address in await addresses(page):
        await settled(narrow, address)
        overflow = await narrow.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{address} is {overflow} px too wide"


async def test_the_menu_of_a_phone(browser: Browser, stack: RunningStack) -> None:
    phone = await browser.new_page(base_url=stack.gateway_url, viewport={"width": 360, "height": 740})
    await phone.goto("/")
    link = phone.get_by_role("link", name="Webhooks")
    await expect(link).to_be_hidden()
    await phone.get_by_role("button", name="Menu").click()
    await expect(link).to_be_visible()
    await phone.keyboard.press("Escape")
    await expect(link).to_be_hidden()


async def test_the_chosen_theme_is_remembered(page: Page) -> None:
    await page.goto("/")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = await page.evaluate(paper)
    await page.get_by_role("button", name="Use the dark theme").click()
    dark = await page.evaluate(paper)
    assert dark != light
    await page.goto("/reports")
    assert await page.evaluate(paper) == dark
    await page.get_by_role("button", name="Use the light theme").click()
    assert await page.evaluate(paper) == light
    await page.goto("/settings")
    await page.get_by_role("radio", name="Dark").check()
    assert await page.evaluate(paper) == dark


async def test_how_it_works_shows_the_stack_as_it_is(page: Page) -> None:
    await page.goto("/how-it-works")
    await expect(page.locator("#health")).to_have_text("Everything a report needs is there.")
    parts = page.locator("[data-component]")
    await expect(page.locator('[data-component][data-health="well"]')).to_have_count(await parts.count())
    await expect(page.locator("#ills li")).to_have_count(0)


async def test_how_it_works_draws_the_life_of_ones_own_report(page: Page, http: httpx2.AsyncClient) -> None:
    """The newest of the name that this browser asks under, though somebody else has asked since."""
    for name in ("Ann", "Bo"):
        asked = {"prompt": f"The life of a report of {name}", "requested_by": name}
        accepted = (await http.post("/api/workflows/generate-report", json=asked)).json()
        assert (await ending(http, accepted["workflow_id"])).event == "completed"
    await page.goto("/settings")
    await page.get_by_label("Who you are").fill("Ann")
    await page.keyboard.press("Tab")
    await expect(page.locator("#kept")).to_have_text("Kept.")
    await page.goto("/how-it-works")
    life = page.locator("#life")
    await expect(life).to_contain_text("The life of a report of Ann")
    await expect(life.locator(".stretch__name", has_text="Writing")).to_be_visible()
    await expect(life.locator(".stretch__name", has_text="Typesetting")).to_be_visible()
    await expect(life).to_contain_text("simulated-1")
    await expect(life).to_contain_text("report.pdf")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_marked_in_the_navigation(page: Page, path: str) -> None:
    await page.goto(path)
    current = page.locator('.site-nav a[aria-current="page"]')
    await expect(current).to_have_count(1)
    await expect(current).to_have_attribute("href", path)
