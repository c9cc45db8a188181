"""A small real HTTP server that plays what stands behind the gateway by HTTP: Grafana, Prometheus."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from local_stack.ports import HOST
from runtime.health import EmbeddedServer


@dataclass(frozen=True)
class Asked:
    """One request as it reached the server; names of headers are small letters."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class StandIn:
    """What it answers, whatever it is asked, and what it was asked."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    requests: list[Asked] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        """Answer one request, the body in two parts."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        path, query = scope["raw_path"].decode(), scope["query_string"].decode()
        self.requests.append(Asked(scope["method"], path, query, headers, body))
        told = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": told})
        half = len(self.body) // 2
        await send({"type": "http.response.body", "body": self.body[:half], "more_body": True})
        await send({"type": "http.response.body", "body": self.body[half:]})


@asynccontextmanager
async def standing_in(server: StandIn) -> AsyncIterator[StandIn]:
    """Serve while the context is open."""
    config = uvicorn.Config(
        server, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    with closing(socket.create_server((HOST, 0))) as listener:
        server.port = listener.getsockname()[1]
        embedded = EmbeddedServer(config)
        serving = asyncio.create_task(embedded.serve(sockets=[listener]))
        try:
            yield server
        finally:
            # Cancelled, it would leave the closed socket registered with the event loop.
            embedded.should_exit = True
            await serving
