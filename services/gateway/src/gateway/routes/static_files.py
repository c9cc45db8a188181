"""What pages load, from files beside the code: asked for every time, sent only when it has changed."""

import asyncio
import hashlib
import mimetypes
from pathlib import Path
from typing import Annotated

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import HeaderParameter

STATIC = Path(__file__).parent.parent / "static"
# Always asked for again, and answered with 304 while unchanged: a new version shows at once.
CACHE_CONTROL = "no-cache"

IfNoneMatch = Annotated[str | None, HeaderParameter(name="If-None-Match")]

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


@get("/static/{path:path}", include_in_schema=False)
async def static_file(path: Path, if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """Serve a file that a page loads."""
    file = (STATIC / str(path).lstrip("/")).resolve()
    if not file.is_relative_to(STATIC.resolve()):
        raise NotFoundException
    try:
        content = await asyncio.to_thread(file.read_bytes)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise NotFoundException from error
    return revalidated(content, _media_type(file), if_none_match)


def revalidated(content: bytes, media_type: str, if_none_match: str | None) -> Response[bytes]:
    """Answer with the content, or with 304 when the client has it already."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": CACHE_CONTROL}
    if tag in (if_none_match or ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _media_type(file: Path) -> str:
    media_type, _ = mimetypes.guess_type(file.name)
    return media_type or "application/octet-stream"
