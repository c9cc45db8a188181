"""What every test does at the page to ask."""

from playwright.async_api import Page


async def ask(page: Page, prompt: str, *, review: bool = False) -> str:
    """Ask through the form, wait for the report's page and give the report's id."""
    await page.goto("/")
    await page.get_by_label("Your question").fill(prompt)
    if review:
        await page.get_by_label("Review the draft").check()
    await page.get_by_role("button", name="Write the report").click()
    await page.wait_for_url("**/reports/report-*")
    return page.url.rpartition("/")[2]
