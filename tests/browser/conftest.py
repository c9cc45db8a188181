"""A real browser at the pages of a running stack."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    async_playwright,
    expect,
)

from tests.llm_simulator import SimulatorClient
from tests.running_stack import RunningStack

CHROMIUM_FLAGS = [
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000

expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Complaints:
    """What the browser complained of: exceptions, blocked content, answers with an error status."""

    messages: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.messages.append(f"exception: {error}"))
        page.on("response", self._on_response)

    def forgive(self, text: str) -> None:
        """Drop what a test brought about on purpose; there must be such a complaint."""
        kept = [message for message in self.messages if text not in message]
        assert len(kept) < len(self.messages), f"nobody complained of {text!r}: {self.messages}"
        self.messages = kept

    def _on_console(self, message: ConsoleMessage) -> None:
        # A failed load is reported with its status by the response.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.messages.append(f"{message.type}: {message.text}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.messages.append(f"{response.status} {response.url}")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Headless Chromium, one for all tests: starting it takes longer than most of them."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert executable, "the browser tests need Chromium on the PATH (Debian: apt-get install chromium)"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, stack: RunningStack) -> AsyncIterator[BrowserContext]:
    """A browser profile of its own, at the stack's gateway."""
    context = await browser.new_context(base_url=stack.gateway_url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def simulator(simulator_origin: str) -> AsyncIterator[SimulatorClient]:
    """The session's provider, directed from the browser's event loop."""
    async with SimulatorClient(simulator_origin) as client:
        await client.reset()
        yield client
        await client.reset()


@pytest_asyncio.fixture(loop_scope="session")
async def http(stack: RunningStack) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the stack's gateway, in the browser's event loop."""
    async with httpx2.AsyncClient(base_url=stack.gateway_url, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def complaints() -> Complaints:
    """What pages complained of so far."""
    return Complaints()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, complaints: Complaints) -> AsyncIterator[Page]:
    """A page that must not complain of anything that its test did not foresee."""
    page = await context.new_page()
    complaints.watch(page)
    yield page
    assert complaints.messages == []
