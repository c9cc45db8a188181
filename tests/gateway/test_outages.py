"""What the gateway says, and how soon, while something behind it is away; and what it has lost afterwards."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx2
import psutil
import pytest
import pytest_asyncio

from contracts.reports import ReportStatus
from contracts.subjects import REQUESTS_STREAM
from gateway.connections import PUBLISH_TIMEOUT
from local_stack import LocalStack
from local_stack.catalogue import GATEWAY
from orchestrator.metadata import Metadata
from runtime.bus import Bus
from tests.gateway.behind import a_record, write
from tests.gateway.process import GatewayProcess
from tests.gateway.watching import text_of, watching

pytestmark = pytest.mark.asyncio(loop_scope="session")

URL = "/api/workflows/generate-report"
NOBODY_LISTENS = "127.0.0.1:1"


@pytest_asyncio.fixture(loop_scope="session")
async def second_gateway(servers: LocalStack) -> AsyncIterator[GatewayProcess]:
    """Another gateway before the same servers; the test starts it, and may end it."""
    port = servers.ports.process(0)
    environment = servers.service_environment(GATEWAY, http_port=port)
    running = GatewayProcess(f"http://127.0.0.1:{port}", environment)
    yield running
    if running.process is not None and running.process.returncode is None:
        await running.stop(signal.SIGKILL)


def server(name: str) -> psutil.Process:
    """Find the embedded server of this test run."""
    return next(child for child in psutil.Process().children() if child.name() == name)


@contextmanager
def hung(process: psutil.Process) -> Iterator[None]:
    """Have a server accept connections and answer nothing."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()


async def test_a_bus_that_hangs_is_given_up_within_a_second_and_repeating_is_safe(
    http: httpx2.AsyncClient, connection: Bus
) -> None:
    headers = {"Idempotency-Key": "asked while the bus hung"}
    before = (await connection.jetstream.stream_info(REQUESTS_STREAM)).state.last_seq
    with hung(server("nats-server")):
        unknown = await http.post(URL, json={"prompt": "Why?"}, headers=headers)
    assert unknown.status_code == 503
    assert unknown.headers["retry-after"]
    assert "Idempotency-Key" in unknown.json()["detail"]
    # A clock would measure the machine; what is waited for is this.
    assert timedelta(0) < PUBLISH_TIMEOUT < timedelta(seconds=1)

    again = await http.post(URL, json={"prompt": "Why?"}, headers=headers)
    assert again.status_code == 202
    assert again.json()["workflow_id"] == unknown.json()["workflow_id"]
    assert (await connection.jetstream.stream_info(REQUESTS_STREAM)).state.last_seq == before + 1


async def test_a_gateway_that_starts_before_everything_else_says_what_is_missing(
    second_gateway: GatewayProcess,
) -> None:
    second_gateway.environment |= {
        "NATS_URL": f"nats://{NOBODY_LISTENS}",
        "TEMPORAL_ADDRESS": NOBODY_LISTENS,
        "DATABASE_URL": f"postgresql://reports@{NOBODY_LISTENS}/reports",
    }
    await second_gateway.start()
    async with httpx2.AsyncClient(base_url=second_gateway.url, trust_env=False) as http:
        asked = await http.post(URL, json={"prompt": "Why?"})
        ready = await http.get("/health/ready")
        status = await http.get("/api/workflows/report-1/status")
        history = await http.get("/api/reports")
    assert [answer.status_code for answer in (asked, ready, status, history)] == [503] * 4
    assert all(answer.headers["retry-after"] for answer in (asked, status, history))
    checks = ready.json()["checks"]
    assert {name for name, check in checks.items() if not check["ok"]} == set(checks) - {"artifacts"}
    assert await second_gateway.stop() == 0


async def test_a_status_is_answered_without_temporal(
    second_gateway: GatewayProcess, metadata: Metadata, workflow_id: str
) -> None:
    await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.RUNNING))
    second_gateway.environment |= {"TEMPORAL_ADDRESS": NOBODY_LISTENS}
    await second_gateway.start()
    async with httpx2.AsyncClient(base_url=second_gateway.url, trust_env=False) as http:
        known = await http.get(f"/api/workflows/{workflow_id}/status")
        accepted = await http.post(URL, json={"prompt": "Why?"})
        waiting = await http.get(accepted.json()["status_url"])
        nobody = await http.get("/api/workflows/report-nobody/status")
    assert (known.status_code, known.json()["status"]) == (200, "RUNNING")
    assert (waiting.status_code, waiting.json()["status"]) == (200, "ACCEPTED")
    assert nobody.status_code == 503


async def test_open_streams_do_not_hold_up_the_end_of_the_process(
    second_gateway: GatewayProcess, metadata: Metadata, workflow_id: str
) -> None:
    await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.RUNNING))
    await second_gateway.start()
    async with (
        httpx2.AsyncClient(base_url=second_gateway.url, trust_env=False) as http,
        watching(http, workflow_id) as messages,
    ):
        await anext(messages)
        assert await second_gateway.stop() == 0
        assert [message async for message in messages] == []


async def test_a_viewer_resumes_at_another_gateway(
    http: httpx2.AsyncClient,
    second_gateway: GatewayProcess,
    connection: Bus,
    metadata: Metadata,
    workflow_id: str,
) -> None:
    await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.RUNNING))
    await second_gateway.start()
    async with (
        httpx2.AsyncClient(base_url=second_gateway.url, trust_env=False) as other,
        watching(other, workflow_id) as messages,
    ):
        first = [await anext(messages)]
        await write(connection, workflow_id, 0, "told by one, ")
        first.append(await anext(messages))
        await second_gateway.stop(signal.SIGKILL)
    await write(connection, workflow_id, 13, "missed, ")
    async with watching(http, workflow_id, first[-1].id) as messages:
        second = [await anext(messages)]
        await write(connection, workflow_id, 21, "told by the other")
        second.append(await anext(messages))
    assert text_of([*first, *second]) == "told by one, missed, told by the other"


async def test_a_stream_goes_on_after_the_bus_was_killed(
    http: httpx2.AsyncClient, connection: Bus, metadata: Metadata, workflow_id: str
) -> None:
    await metadata.store_report_metadata(a_record(workflow_id, ReportStatus.RUNNING))
    async with watching(http, workflow_id) as messages:
        first = [await anext(messages)]
        await write(connection, workflow_id, 0, "before, ")
        first.append(await anext(messages))
        server("nats-server").kill()
        await written_at_last(connection, workflow_id, 8, "after")
        first.append(await asyncio.wait_for(anext(messages), 15))
    assert text_of(first) == "before, after"


async def written_at_last(connection: Bus, workflow_id: str, offset: int, text: str) -> None:
    """Write a piece of text as soon as the bus takes it; a repeat is dropped by its message id."""
    while True:
        try:
            await write(connection, workflow_id, offset, text)
        except Exception:  # noqa: BLE001 - whatever a dead server makes of it
            await asyncio.sleep(0.05)
        else:
            return
