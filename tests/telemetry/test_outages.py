"""While servers are away every process lives on and says what it lacks; nothing is to restart it."""

import asyncio
from collections.abc import Callable, Coroutine

import httpx2
import psutil
import pytest

import gateway.app
import llm_worker.worker
import notifier.announcer
import notifier.dispatcher
import orchestrator.app
import pdf_worker.worker
from local_stack.ports import Ports, free_port_offset
from runtime.background import beside
from runtime.metrics.definitions import Process
from tests.telemetry.scraping import address
from tests.telemetry.watched import WatchedStack

NOBODY = "127.0.0.1:1"
POLL_SECONDS = 0.1
ROOTS: dict[Process, Callable[[], Coroutine[None, None, None]]] = {
    Process.GATEWAY: gateway.app.serve,
    Process.INTAKE: orchestrator.app.serve_intake,
    Process.WORKFLOWS: orchestrator.app.serve_workflows,
    Process.METADATA: orchestrator.app.serve_metadata,
    Process.LLM_WORKER: llm_worker.worker.serve,
    Process.PDF_WORKER: pdf_worker.worker.serve,
    Process.ANNOUNCER: notifier.announcer.serve_announcer,
    Process.DISPATCHER: notifier.dispatcher.serve_dispatcher,
}
WITHOUT_SERVERS = {
    "NATS_URL": f"nats://{NOBODY}",
    "TEMPORAL_ADDRESS": NOBODY,
    "DATABASE_URL": f"postgresql://nobody@{NOBODY}/reports",
    "ARTIFACT_STORE_URL": "memory:///",
    "OPENAI_API_KEY": "none",
    "RENDER_PROCESSES": "1",
}


# How routes are declared is looked at elsewhere.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("process", Process)
async def test_a_process_that_starts_before_its_servers_lives_and_is_not_ready(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = Ports(free_port_offset()).process(0)
    for name, value in (WITHOUT_SERVERS | {"HTTP_PORT": str(port)}).items():
        monkeypatch.setenv(name, value)
    url = f"http://127.0.0.1:{port}"
    async with (
        beside(ROOTS[process]()) as running,
        httpx2.AsyncClient(base_url=url, trust_env=False, timeout=30) as http,
    ):
        await _until(http, "/health/live", 200)
        assert (await http.get("/health/startup")).status_code == 200
        assert (await http.get("/metrics")).status_code == 200
        ready = await http.get("/health/ready")
        assert ready.status_code == 503
        assert not all(check["ok"] for check in ready.json()["checks"].values())
        assert not running.done()


async def test_an_outage_fails_readiness_of_every_process_and_liveness_of_none(watched: WatchedStack) -> None:
    """The servers hang, which is worse than being gone; then they go on."""
    servers = [watched.stack.server(name) for name in ("nats-server", "temporal")]
    urls = [address(watched.stack, process) for process in Process]
    pids = _pids(watched)
    for server in servers:
        server.suspend()
    try:
        await asyncio.gather(*(_is_unready_and_lives(url) for url in urls))
    finally:
        for server in servers:
            server.resume()
    await asyncio.gather(*(_becomes_ready(url) for url in urls))
    assert _pids(watched) == pids, "nothing was restarted"


def _pids(watched: WatchedStack) -> set[int]:
    return {child.pid for child in watched.stack.children() if child.status() != psutil.STATUS_ZOMBIE}


async def _is_unready_and_lives(url: str) -> None:
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        await _until(http, "/health/ready", 503)
        assert (await http.get("/health/live")).status_code == 200
        assert (await http.get("/health/startup")).status_code == 200
        assert (await http.get("/metrics")).status_code == 200


async def _becomes_ready(url: str) -> None:
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        await _until(http, "/health/ready", 200)


async def _until(http: httpx2.AsyncClient, path: str, status: int) -> None:
    # The test's own timeout bounds the wait.
    while True:
        try:
            if (await http.get(path)).status_code == status:
                return
        except httpx2.TransportError:
            pass
        await asyncio.sleep(POLL_SECONDS)
