"""The gateway's REST interface as `make report` uses it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self
from uuid import uuid4

import httpx2

from local_stack.errors import StackError

REPORTS = "/api/workflows"
PAUSE = 0.3
PATIENCE = 60.0
# The gateway sends a comment more often than this while nothing happens.
SILENCE_LIMIT = 60.0


class GatewayGoneError(Exception):
    """The stack whose gateway this was has stopped."""


class RefusedError(StackError):
    """The gateway will not do what was asked."""


class GatewayClient:
    """One report's conversation with a gateway; goes on after a lost connection."""

    def __init__(self, client: httpx2.AsyncClient, is_there: Callable[[], bool]) -> None:
        self._client = client
        self._is_there = is_there

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, api_key: str | None, is_there: Callable[[], bool]) -> AsyncIterator[Self]:
        """Connect; `is_there` tells whether the stack still runs when the gateway does not answer."""
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        timeout = httpx2.Timeout(10.0, read=SILENCE_LIMIT)
        async with httpx2.AsyncClient(
            base_url=url, headers=headers, timeout=timeout, trust_env=False
        ) as client:
            yield cls(client, is_there)

    async def submit(self, prompt: str, idempotency_key: str) -> str:
        """Ask for a report and return its workflow id; the same key never asks twice.

        Raises:
            RefusedError: the request is wrong, or was not accepted in time.
            GatewayGoneError: the stack has stopped.

        """
        response = await self._until(
            lambda: self._client.post(
                f"{REPORTS}/generate-report",
                json={"prompt": prompt, "mode": "auto"},
                headers={"Idempotency-Key": idempotency_key},
            ),
            retry={httpx2.codes.SERVICE_UNAVAILABLE},
        )
        return str(response.json()["workflow_id"])

    async def result(self, workflow_id: str) -> dict[str, Any]:
        """Get title, pages, model, sha256 of a completed report."""
        # The completion is announced a moment before the workflow itself is over.
        response = await self._until(
            lambda: self._client.get(f"{REPORTS}/{workflow_id}/result"),
            retry={httpx2.codes.CONFLICT, httpx2.codes.NOT_FOUND, httpx2.codes.SERVICE_UNAVAILABLE},
        )
        body: dict[str, Any] = response.json()
        return body

    async def pdf(self, workflow_id: str) -> bytes:
        """Get the PDF of a completed report."""
        response = await self._until(
            lambda: self._client.get(f"{REPORTS}/{workflow_id}/pdf"),
            retry={httpx2.codes.CONFLICT, httpx2.codes.NOT_FOUND, httpx2.codes.SERVICE_UNAVAILABLE},
        )
        return response.content

    async def events(self, workflow_id: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Yield (event name, data) for as long as the caller wants, reconnecting where it left off.

        Raises:
            GatewayGoneError: the stack has stopped.

        """
        last_id = ""
        while True:
            headers = {"Last-Event-ID": last_id} if last_id else {}
            try:
                async with self._client.sse(f"{REPORTS}/{workflow_id}/events", headers=headers) as source:
                    if source.response.is_client_error:
                        await source.response.aread()
                        raise RefusedError(_problem(source.response))
                    async for event in source:
                        last_id = event.id or last_id
                        # As in a browser, a message without data only moves the id.
                        if event.data:
                            yield event.event, json.loads(event.data)
            except httpx2.TransportError:
                pass
            await self._pause()

    async def _until(self, ask: Callable[[], Any], retry: set[int]) -> httpx2.Response:
        """Ask until the answer is a success, for a bounded time where it is one of `retry`."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                response: httpx2.Response = await ask()
            except httpx2.TransportError:
                await self._pause()
                continue
            if response.is_success:
                return response
            if response.status_code not in retry or asyncio.get_running_loop().time() > deadline:
                raise RefusedError(_problem(response))
            await self._pause()

    async def _pause(self) -> None:
        if not self._is_there():
            raise GatewayGoneError
        await asyncio.sleep(PAUSE)


def new_idempotency_key() -> str:
    """Make a key for one request, to be kept over its retries."""
    return f"make-report-{uuid4()}"


def _problem(response: httpx2.Response) -> str:
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    words = [str(problem[name]) for name in ("title", "detail") if problem.get(name)]
    return ". ".join(words) or f"The gateway answered {response.status_code} for {response.url}"
