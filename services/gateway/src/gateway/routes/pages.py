"""The web pages and what they load: files beside the code, revalidated on every use."""

import asyncio
import hashlib
import mimetypes
from pathlib import Path
from typing import Annotated

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import Parameter

PACKAGE = Path(__file__).parent.parent
PAGES = PACKAGE / "pages"
STATIC = PACKAGE / "static"
# Always asked for again, and answered with 304 while unchanged: a new version shows at once.
CACHE_CONTROL = "no-cache"

IfNoneMatch = Annotated[str | None, Parameter(header="If-None-Match")]

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


@get("/", include_in_schema=False)
async def ask_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the page to ask."""
    return await _page("ask", if_none_match)


@get("/reports", include_in_schema=False)
async def history_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the history."""
    return await _page("history", if_none_match)


@get("/reports/{workflow_id:str}", include_in_schema=False)
async def report_page(workflow_id: str, if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the page to watch and read a report; the page itself finds out whether there is one."""
    del workflow_id
    return await _page("report", if_none_match)


@get("/webhooks", include_in_schema=False)
async def webhooks_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the page about webhooks."""
    return await _page("webhooks", if_none_match)


@get("/how-it-works", include_in_schema=False)
async def how_it_works_page(if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve the page about the system."""
    return await _page("how-it-works", if_none_match)


@get("/static/{path:path}", include_in_schema=False)
async def static_file(path: Path, if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve a file that a page loads."""
    file = (STATIC / str(path).lstrip("/")).resolve()
    if not file.is_relative_to(STATIC.resolve()):
        raise NotFoundException
    return await _file(file, if_none_match)


async def _page(name: str, if_none_match: str | None) -> Response[bytes]:
    return await _file(PAGES / f"{name}.html", if_none_match)


async def _file(file: Path, if_none_match: str | None) -> Response[bytes]:
    try:
        content = await asyncio.to_thread(file.read_bytes)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise NotFoundException from error
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": CACHE_CONTROL}
    if tag in (if_none_match or ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type=_media_type(file), headers=headers)


def _media_type(file: Path) -> str:
    media_type, _ = mimetypes.guess_type(file.name)
    return media_type or "application/octet-stream"
