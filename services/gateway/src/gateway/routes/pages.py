"""The pages that are made once and are the same for everyone; what they show they ask the API for."""

from functools import cache

from litestar import Response, get

from gateway.routes.static_files import IfNoneMatch, revalidated
from gateway.templates import page_html


@get("/", include_in_schema=False)
async def ask_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the page to ask."""
    return _page("ask", "/", if_none_match)


@get("/reports/{workflow_id:str}", include_in_schema=False)
async def report_page(workflow_id: str, if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the page to watch and read a report; the page itself finds out whether there is one."""
    del workflow_id
    return _page("report", "", if_none_match)


@get("/operations", include_in_schema=False)
async def operations_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the operator's page."""
    return _page("operations", "/operations", if_none_match)


def _page(name: str, current: str, if_none_match: str | None) -> Response[bytes]:
    return revalidated(_rendered(name, current), "text/html", if_none_match)


@cache
def _rendered(name: str, current: str) -> bytes:
    return page_html(name, current)
