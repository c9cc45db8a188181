"""A viewer of a report's event stream."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2


@dataclass(frozen=True)
class Seen:
    """One message as the viewer received it."""

    id: str
    name: str
    data: dict[str, Any]


@asynccontextmanager
async def watching(
    http: httpx2.AsyncClient, workflow_id: str, last_event_id: str | None = None
) -> AsyncIterator[AsyncIterator[Seen]]:
    """Open a report's event stream; iterating gives its messages until the gateway ends it."""
    async with watching_path(http, f"/api/workflows/{workflow_id}/events", last_event_id) as messages:
        yield messages


@asynccontextmanager
async def watching_path(
    http: httpx2.AsyncClient, path: str, last_event_id: str | None = None
) -> AsyncIterator[AsyncIterator[Seen]]:
    """Open any event stream, as `watching` does a report's."""
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
    async with http.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _messages(response)


async def _messages(response: httpx2.Response) -> AsyncIterator[Seen]:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "event" in fields:
            yield Seen(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}


def text_of(messages: list[Seen]) -> str:
    """Put together what a reader of these messages holds: cut at the offset, then append."""
    text = ""
    for message in messages:
        if message.name in {"snapshot", "text"}:
            text = text[: message.data.get("offset", 0)] + message.data["text"]
    return text
