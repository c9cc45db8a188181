"""Many reports at once, from a file to their archive."""

import io
from zipfile import ZipFile

import pytest
from playwright.async_api import Page, Request, expect

from tests.browser.conftest import Complaints
from tests.llm_simulator import SimulatorClient
from tests.llm_simulator.behaviour import Behaviour, Fault

pytestmark = pytest.mark.asyncio(loop_scope="session")

TABLE = b"prompt,requested_by\nHow do otters sleep?,ada\nHow do swifts sleep?,bob\nHow do sharks sleep?,ada\n"


async def test_a_file_becomes_reports_and_an_archive(page: Page) -> None:
    await page.goto("/batches")
    await page.get_by_label("Name").fill("Sleeping animals")
    await page.get_by_label("Or a CSV or JSON file").set_input_files(
        {"name": "animals.csv", "mimeType": "text/csv", "buffer": TABLE}
    )
    sent: list[str] = []

    def listen(request: Request) -> None:
        if request.url.endswith("/api/batches"):
            sent.append(request.method)

    page.on("request", listen)
    await page.get_by_role("button", name="Write the reports").dblclick()
    await page.wait_for_url("**/batches/*-*")
    assert sent == ["POST"]
    rows = page.get_by_role("table", name="Reports of the batch").get_by_role("row")
    await expect(rows).to_have_count(4)
    await expect(page.locator("#progress")).to_contain_text("3 completed")
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="Download all").click()
    download = await begun.value
    assert download.suggested_filename == "Sleeping animals.zip"
    content = (await download.path()).read_bytes()
    with ZipFile(io.BytesIO(content)) as zipped:
        pdfs = [name for name in zipped.namelist() if name.endswith(".pdf")]
        assert [name[:4] for name in pdfs] == ["001-", "002-", "003-"]
        assert all(zipped.read(name).startswith(b"%PDF-") for name in pdfs)

    await page.get_by_role("link", name="All batches").click()
    item = page.get_by_role("listitem").filter(has_text="Sleeping animals")
    await expect(item).to_contain_text("3 reports: 3 completed")
    await item.get_by_role("heading").get_by_role("link").click()
    await rows.nth(1).get_by_role("link").click()
    await page.wait_for_url("**/reports/report-*-1")
    await expect(page.locator("#state-tag")).to_have_text("Completed")


async def test_a_wrong_file_is_told_with_its_row(page: Page, complaints: Complaints) -> None:
    await page.goto("/batches")
    await page.get_by_label("Or a CSV or JSON file").set_input_files(
        {"name": "wrong.csv", "mimeType": "text/csv", "buffer": b"prompt,mode\nOne,auto\nTwo,manual\n"}
    )
    await page.get_by_role("button", name="Write the reports").click()
    await expect(page.locator("#batch-problem")).to_contain_text("row 3, column mode")
    complaints.forgive("400")


async def test_a_batch_is_cancelled_while_its_reports_are_written(
    page: Page, simulator: SimulatorClient
) -> None:
    stalled = Behaviour(fault=Fault.STALL, gate="never-ending")
    await simulator.always(stalled, prompt_contains="Never-ending")
    await page.goto("/batches")
    await page.get_by_label("Questions, one on each line").fill("Never-ending one\nNever-ending two\n")
    await page.get_by_role("button", name="Write the reports").click()
    await page.wait_for_url("**/batches/*-*")
    await expect(page.locator("#progress")).to_contain_text("2 in progress")
    await page.get_by_role("button", name="Cancel the batch").click()
    await page.get_by_role("dialog").get_by_role("button", name="Cancel the batch").click()
    await expect(page.locator("#progress")).to_contain_text("2 cancelled")
    await expect(page.locator("#said")).to_have_text("The batch has ended.")
    await expect(page.get_by_role("button", name="Cancel the batch")).to_have_count(0)
