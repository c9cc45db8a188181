"""Lists hear of every report: once, with its row, and only of one's own tenant."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from contracts.events import ReportCancelled
from contracts.reports import ReportStatus, Step
from orchestrator.metadata import Metadata
from runtime.bus import Bus
from tests.gateway.behind import a_record, tell, tell_progress
from tests.gateway.process import GatewayProcess

pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def listening(http: httpx2.AsyncClient, path: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """Open an event stream of the gateway and wait for its first bytes: from then on nothing is missed."""
    async with http.stream("GET", path) as response:
        assert response.status_code == 200
        lines = response.aiter_lines()
        assert (await anext(lines)).startswith("retry: ")
        yield (json.loads(line.removeprefix("data: ")) async for line in lines if line.startswith("data: "))


async def end(connection: Bus, workflow_id: str, tenant_id: str = "default") -> None:
    """Tell the end of a report."""
    request_id = workflow_id.removeprefix("report-")
    await tell(
        connection, ReportCancelled(workflow_id=workflow_id, request_id=request_id, tenant_id=tenant_id)
    )


async def test_every_listener_hears_of_every_report_with_its_row(
    http: httpx2.AsyncClient, connection: Bus, metadata: Metadata, workflow_id: str
) -> None:
    record = a_record(workflow_id, ReportStatus.CANCELLED, requested_by="Ann")
    await metadata.store_report_metadata(record)
    path = "/api/reports/events"
    async with listening(http, path) as first, listening(http, path) as second:
        await tell_progress(connection, workflow_id, Step.CREATE_PDF)
        await end(connection, f"{workflow_id}-theirs", tenant_id="someone-else")
        await end(connection, workflow_id)
        await end(connection, f"{workflow_id}-unrecorded")
        for listener in (first, second):
            known, unknown = await anext(listener), await anext(listener)
            assert (known["event"], known["workflow_id"]) == ("cancelled", workflow_id)
            assert known["report"]["requested_by"] == "Ann"
            assert known["report"]["status"] == "CANCELLED"
            assert (unknown["workflow_id"], unknown["report"]) == (f"{workflow_id}-unrecorded", None)


async def test_health_is_told_at_once_for_every_part(http: httpx2.AsyncClient) -> None:
    """No service runs behind this gateway: its servers are well, and every process is missing."""
    async with listening(http, "/api/health/events") as health:
        told = await anext(health)
    parts = told["components"]
    assert told["ok"] is False
    # Temporal remembers for a while that another test asked the PDF worker's queue for work.
    well = {name for name, part in parts.items() if part["ok"]} - {"pdf_worker"}
    assert well == {"gateway", "nats", "temporal", "postgresql", "artifacts"}
    assert "task queue llm" in parts["llm_worker"]["detail"]
    assert "nobody asks" in parts["intake"]["detail"]


async def test_listeners_do_not_keep_the_gateway_from_stopping(gateway: GatewayProcess) -> None:
    async with (
        httpx2.AsyncClient(base_url=gateway.url, timeout=15, trust_env=False) as http,
        listening(http, "/api/reports/events") as reports,
        listening(http, "/api/health/events") as health,
    ):
        await anext(health)
        assert await gateway.stop() == 0
        assert [report async for report in reports] == []
    await gateway.start()
