"""The web pages: made from templates once and the same for everyone; what they show they ask the API for."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response, get

from gateway.routes.static_files import IfNoneMatch, revalidated

TEMPLATES = Path(__file__).parent.parent / "pages"
# In the order of the navigation.
NAVIGATION = (
    ("/", "Ask"),
    ("/reports", "Reports"),
    ("/webhooks", "Webhooks"),
    ("/costs", "Costs"),
    ("/operations", "Operations"),
    ("/settings", "Settings"),
    ("/how-it-works", "How it works"),
)


@get("/", include_in_schema=False)
async def ask_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the page to ask."""
    return _page("ask", "/", if_none_match)


@get("/reports", include_in_schema=False)
async def history_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the history."""
    return _page("history", "/reports", if_none_match)


@get("/reports/{workflow_id:str}", include_in_schema=False)
async def report_page(workflow_id: str, if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the page to watch and read a report; the page itself finds out whether there is one."""
    del workflow_id
    return _page("report", "", if_none_match)


@get("/webhooks", include_in_schema=False)
async def webhooks_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the page about webhooks."""
    return _page("webhooks", "/webhooks", if_none_match)


@get("/costs", include_in_schema=False)
async def costs_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the page about costs."""
    return _page("costs", "/costs", if_none_match)


@get("/operations", include_in_schema=False)
async def operations_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the operator's page."""
    return _page("operations", "/operations", if_none_match)


@get("/settings", include_in_schema=False)
async def settings_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the settings."""
    return _page("settings", "/settings", if_none_match)


@get("/how-it-works", include_in_schema=False)
async def how_it_works_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the page about the system."""
    return _page("how-it-works", "/how-it-works", if_none_match)


def _page(name: str, current: str, if_none_match: str | None) -> Response[bytes]:
    return revalidated(_rendered(name, current), "text/html", if_none_match)


@cache
def _rendered(name: str, current: str) -> bytes:
    template = _templates().get_template(f"{name}.html")
    return template.render(page=name, current=current, navigation=NAVIGATION).encode()


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
