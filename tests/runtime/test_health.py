"""Health is told promptly and freshly, and an outage elsewhere is no reason to be restarted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx2
import pytest

from local_stack.ports import Ports, free_port_offset
from runtime import health
from runtime.health import Health, HttpSettings, serve_health


@dataclass
class Dependency:
    """Something that a process needs, which is away when the test says so."""

    error: Exception | None = None
    hangs: bool = False
    asked: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def check(self) -> None:
        self.asked += 1
        while self.hangs and not self.released.is_set():
            # As a client does that takes a cancellation for the end of one attempt.
            try:
                await self.released.wait()
            except asyncio.CancelledError:
                continue
        if self.error:
            raise self.error


@pytest.fixture
def port() -> int:
    return Ports(free_port_offset()).process(0)


@pytest.fixture
async def served(port: int) -> AsyncIterator[Health]:
    async with serve_health(HttpSettings(http_port=port)) as serving:
        yield serving


@pytest.fixture
async def http(served: Health, port: int) -> AsyncIterator[httpx2.AsyncClient]:  # noqa: ARG001 - it has to be served
    """A client of the process; its server is there already."""
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        while True:
            try:
                await client.get("/health/live")
            except httpx2.TransportError:
                await asyncio.sleep(0.01)
            else:
                break
        yield client


async def test_a_process_lives_and_has_started_before_it_is_ready(
    served: Health, http: httpx2.AsyncClient
) -> None:
    assert (await http.get("/health/live")).status_code == 200
    assert (await http.get("/health/startup")).status_code == 200
    ready = await http.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
    served.ready_when({})
    assert (await http.get("/health/ready")).status_code == 200


async def test_readiness_is_what_is_true_now(served: Health, http: httpx2.AsyncClient) -> None:
    bus = Dependency()
    served.ready_when({"bus": bus.check})
    assert (await http.get("/health/ready")).status_code == 200
    bus.error = ConnectionError("nobody there")
    away = await http.get("/health/ready")
    assert away.status_code == 503
    assert away.json()["checks"]["bus"] == {"ok": False, "detail": "nobody there"}
    assert (await http.get("/health/live")).status_code == 200
    bus.error = None
    assert (await http.get("/health/ready")).status_code == 200
    assert bus.asked == 3


async def test_a_check_that_hangs_does_not_hang_the_answer(
    served: Health, http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even one that does not let itself be cancelled; the others still say how they are."""
    monkeypatch.setattr(health, "CHECK_TIMEOUT", health.CHECK_TIMEOUT / 20)
    hung, well = Dependency(hangs=True), Dependency()
    served.ready_when({"hung": hung.check, "well": well.check})
    checks = (await http.get("/health")).json()["checks"]
    assert not checks["hung"]["ok"]
    assert checks["hung"]["detail"].startswith("no answer within")
    assert checks["well"]["ok"]
    assert (await http.get("/health/live")).status_code == 200
    hung.released.set()
