"""Questions that tell whether a process is ready; a refused connection means not yet."""

import asyncio
from asyncio.subprocess import DEVNULL
from collections.abc import Awaitable, Callable

import httpx2

Probe = Callable[[], Awaitable[bool]]


def http_probe(client: httpx2.AsyncClient, url: str) -> Probe:
    """Make a probe: ready when a GET answers 200."""

    async def is_ready() -> bool:
        try:
            response = await client.get(url)
        except httpx2.TransportError:
            return False
        return response.status_code == httpx2.codes.OK

    return is_ready


def command_probe(*argv: str, environment: dict[str, str]) -> Probe:
    """Make a probe: ready when the command ends with exit code 0."""

    async def is_ready() -> bool:
        process = await asyncio.create_subprocess_exec(*argv, env=environment, stdout=DEVNULL, stderr=DEVNULL)
        return await process.wait() == 0

    return is_ready


def probe_client() -> httpx2.AsyncClient:
    """Make a client for probes on the loopback address: short timeouts, no proxy."""
    return httpx2.AsyncClient(timeout=2.0, trust_env=False)
