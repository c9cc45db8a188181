"""One HTTP exchange over ASGI, with the means to break it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ConnectionCut(Exception):  # noqa: N818 - it is the order to break the connection, not a failure
    """Raised by a handler to make the server drop the connection without ending the body."""


class Abandoned(Exception):  # noqa: N818 - named for what the client did
    """The client went away before the answer was complete."""


class Exchange:
    """A request's parts and the way to answer it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: str = scope["query_string"].decode()
        self.headers: dict[str, str] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        self._body_read = False
        self._receive = receive
        self._send = send

    async def body(self) -> bytes:
        """Read the whole request body."""
        parts: list[bytes] = []
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Abandoned
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._body_read = True
                return b"".join(parts)

    async def body_read(self) -> None:
        """Read the body unless it was read: only behind it does a disconnect show."""
        if not self._body_read:
            await self.body()

    async def start(self, status: int, headers: dict[str, str]) -> None:
        """Send the status line and headers."""
        encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": encoded})

    async def write(self, data: bytes, *, more: bool = True) -> None:
        """Send a piece of the body; `more=False` ends it."""
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def respond(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        """Send a complete JSON answer."""
        await self.start(status, {"content-type": "application/json", **(headers or {})})
        await self.write(json.dumps(body, ensure_ascii=False).encode(), more=False)

    async def while_connected(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` after the body was read; raise `Abandoned` as soon as the client disconnects."""
        running = asyncio.create_task(work)
        gone = asyncio.ensure_future(self._receive())
        try:
            await asyncio.wait({running, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                raise Abandoned
            await running
        finally:
            running.cancel()
            gone.cancel()
            await asyncio.gather(running, gone, return_exceptions=True)
