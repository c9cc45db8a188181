"""What a test does with reports: ask, follow, read."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2

RECONNECT_SECONDS = 0.2
ENDINGS = {"completed", "failed", "cancelled"}


@dataclass(frozen=True)
class ServerSentEvent:
    """One message of an event stream."""

    id: str
    event: str
    data: dict[str, Any]


async def ask(http: httpx2.AsyncClient, prompt: str, **fields: object) -> str:
    """Ask for a report and give its workflow id."""
    answer = await http.post("/api/workflows/generate-report", json={"prompt": prompt, **fields})
    assert answer.status_code == 202, answer.text
    workflow_id: str = answer.json()["workflow_id"]
    return workflow_id


async def follow(
    http: httpx2.AsyncClient, workflow_id: str, last_event_id: str | None = None
) -> AsyncIterator[ServerSentEvent]:
    """Read a report's events until the stream ends."""
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
    url = f"/api/workflows/{workflow_id}/events"
    async with http.stream("GET", url, headers=headers, timeout=120) as response:
        assert response.status_code == 200, await response.aread()
        fields: dict[str, str] = {}
        async for line in response.aiter_lines():
            if not line and "event" in fields:
                yield ServerSentEvent(fields.get("id", ""), fields["event"], json.loads(fields["data"]))
                fields = {}
            elif line and not line.startswith(":"):
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")


async def ending(http: httpx2.AsyncClient, workflow_id: str) -> ServerSentEvent:
    """Follow a report to the event that ends it, reconnecting as a browser does.

    The test's own timeout bounds the wait.
    """
    last_event_id: str | None = None
    while True:
        try:
            async for message in follow(http, workflow_id, last_event_id):
                last_event_id = message.id
                if message.event in ENDINGS:
                    return message
        except httpx2.TransportError:
            await asyncio.sleep(RECONNECT_SECONDS)


async def status(http: httpx2.AsyncClient, workflow_id: str) -> dict[str, Any]:
    """Give the status document."""
    answer = await http.get(f"/api/workflows/{workflow_id}/status")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def result(http: httpx2.AsyncClient, workflow_id: str) -> dict[str, Any]:
    """Give the result document of a completed report."""
    answer = await http.get(f"/api/workflows/{workflow_id}/result")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document
