"""Sending requests at their times, however long the answers take: a slow system does not slow its users."""

import asyncio
import time
from dataclasses import dataclass

import httpx2


@dataclass(frozen=True, slots=True)
class Arrival:
    """One POST: the report it became (None when it was refused), when it was sent, and how long 202 took."""

    workflow_id: str | None
    sent_at: float
    accepted_seconds: float


async def arrive(http: httpx2.AsyncClient, *, rate: float, requests: int) -> list[Arrival]:
    """Send `requests` reports, `rate` of them each second; times are those of `time.perf_counter`."""
    begin = time.perf_counter()
    return await asyncio.gather(
        *(
            _ask(http, begin + number / rate, f"What causes tides? (load {number})")
            for number in range(requests)
        )
    )


async def _ask(http: httpx2.AsyncClient, at: float, prompt: str) -> Arrival:
    await asyncio.sleep(max(0.0, at - time.perf_counter()))
    sent_at = time.perf_counter()
    try:
        answer = await http.post("/api/workflows/generate-report", json={"prompt": prompt})
    except httpx2.TransportError:
        return Arrival(None, sent_at, time.perf_counter() - sent_at)
    workflow_id = answer.json()["workflow_id"] if answer.status_code == httpx2.codes.ACCEPTED else None
    return Arrival(workflow_id, sent_at, time.perf_counter() - sent_at)
