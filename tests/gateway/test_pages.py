"""The pages and what they load come from the gateway alone, with headers that keep it so."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from nats.aio.msg import Msg

from contracts.events import EventType
from contracts.model import WireModel
from contracts.reports import ReportStatus
from contracts.webhooks import (
    LIST_DELIVERIES,
    LIST_ENDPOINTS,
    Delivery,
    DeliveryList,
    DeliveryState,
    Endpoint,
    EndpointList,
)
from orchestrator.metadata import Metadata
from runtime.bus import Bus
from tests.gateway.behind import a_record

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("path", ["/", "/reports/report-1", "/operations"])
async def test_a_page_is_served_and_revalidated(http: httpx2.AsyncClient, path: str) -> None:
    page = await http.get(path)
    again = await http.get(path, headers={"If-None-Match": page.headers["etag"]})
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert again.status_code == 304
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "path", ["/reports", "/schedules", "/batches", "/webhooks", "/costs", "/settings", "/how-it-works"]
)
async def test_a_page_that_shows_what_there_is_is_made_anew(http: httpx2.AsyncClient, path: str) -> None:
    page = await http.get(path)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert f'href="{path}" aria-current="page"' in page.text


@pytest.mark.parametrize("status", ["COMPLETED", "RUNNING", "FAILED"])
async def test_what_people_wrote_is_text_on_every_page(
    http: httpx2.AsyncClient, metadata: Metadata, workflow_id: str, status: str
) -> None:
    """A question and a name are anybody's: none of it becomes markup, in a row or in a filter."""
    evil = '"><script>alert(1)</script>'
    record = a_record(workflow_id, ReportStatus(status), prompt=evil, requested_by=evil, title=f"'{evil}")
    await metadata.store_report_metadata(record)
    for path in ("/reports", "/reports/recent", "/how-it-works", "/costs"):
        page = await http.get(path, params={"requested_by": evil})
        assert page.status_code == 200
        assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in (await http.get("/reports", params={"requested_by": evil})).text


async def test_what_people_wrote_has_its_own_direction(
    http: httpx2.AsyncClient, metadata: Metadata, workflow_id: str
) -> None:
    """A question in Arabic ends with its mark on the left, between words that run the other way."""
    asked = "ما الذي تسبب في انحسار بحر آرال؟"
    # Newer than what any other test has stored: both lists begin with it.
    accepted_at = datetime.now(UTC) + timedelta(days=4000)
    await metadata.store_report_metadata(
        a_record(workflow_id, ReportStatus.RUNNING, prompt=asked, title=None, accepted_at=accepted_at)
    )
    for path in ("/reports", "/reports/recent"):
        page = (await http.get(path)).text
        assert f'dir="auto" href="/reports/{workflow_id}">{asked}</a>' in page
    for path, field in (("/", "prompt"), ("/batches", "prompts"), ("/schedules", "prompt")):
        (start,) = re.findall(f'<textarea class="[^"]*" id="{field}"[^>]*>', (await http.get(path)).text)
        assert 'dir="auto"' in start


async def test_what_a_webhook_is_called_is_text(http: httpx2.AsyncClient, connection: Bus) -> None:
    """Address and note are as they were written; so is what an endpoint answered."""
    evil = '"><script>alert(1)</script>'
    at = datetime.now(UTC)
    endpoint = Endpoint(
        endpoint_id="e", url=evil, description=evil, event_types=[EventType.PAUSED], created_at=at
    )
    delivery = Delivery(
        delivery_id="d",
        webhook_id="w",
        endpoint_id="e",
        event_type=EventType.PAUSED,
        workflow_id=evil,
        state=DeliveryState.FAILED,
        attempts=2,
        last_status_code=500,
        last_error=evil,
        created_at=at,
        updated_at=at,
    )
    async with (
        answering(connection, LIST_ENDPOINTS, EndpointList(endpoints=[endpoint])),
        answering(connection, LIST_DELIVERIES, DeliveryList(deliveries=[delivery])),
    ):
        page = (await http.get("/webhooks")).text
        part = (await http.get("/webhooks/e/deliveries")).text
    assert "<script>alert" not in page + part
    assert page.count("&lt;script&gt;alert") == 3
    assert "Paused · added" in page
    assert "HTTP 500: &#34;&gt;&lt;script&gt;alert" in part
    assert "Given up" in part


async def test_a_schedule_is_edited_from_what_it_is(http: httpx2.AsyncClient) -> None:
    """Every field of the form holds what is kept, even a value that it does not offer by itself."""
    evil = '"></textarea><script>alert(1)</script>'
    kept = {
        "name": evil,
        "prompt": evil,
        "mode": "review",
        "requested_by": evil,
        "calendar": {"kind": "cron", "expression": "5 4 * * sun"},
        "time_zone": "Asia/Kolkata",
        "overlap": "buffer_one",
        "catch_up_seconds": 7_200,
        "pause_on_failure": True,
    }
    schedule_id = (await http.post("/api/schedules", json=kept)).json()["schedule_id"]
    page = (await http.get("/schedules", params={"edit": schedule_id})).text
    assert "<script>alert" not in page
    assert f'data-id="{schedule_id}"' in page
    for filled in (
        "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>",
        '<option value="cron" selected>',
        'value="5 4 * * sun"',
        'value="Asia/Kolkata"',
        'value="review" checked',
        '<option value="buffer_one" selected>',
        '<option value="7200" selected>2 h 0 min</option>',
        'name="pause_on_failure" value="yes" checked',
    ):
        assert filled in page, filled


async def test_a_schedule_that_is_gone_is_not_made_anew(http: httpx2.AsyncClient) -> None:
    """A form would make a new one of what was meant as a change."""
    page = await http.get("/schedules", params={"edit": "of-nobody"})
    assert page.status_code == 200
    assert "This schedule is gone" in page.text
    assert "<form" not in page.text


async def test_webhooks_are_shown_without_a_notifier(http: httpx2.AsyncClient) -> None:
    """The page says what it cannot read, and can be tried again; its part is refused as the API refuses."""
    page = await http.get("/webhooks")
    part = await http.get("/webhooks/e/deliveries")
    assert page.status_code == 200
    assert "The endpoints could not be read" in page.text
    assert (part.status_code, part.json()["title"]) == (503, "Not available at the moment")


@asynccontextmanager
async def answering(connection: Bus, subject: str, answer: WireModel) -> AsyncIterator[None]:
    """Answer requests as the notifier would."""

    async def reply(request: Msg) -> None:
        await request.respond(answer.model_dump_json().encode())

    subscription = await connection.nats.subscribe(subject, cb=reply)
    await connection.nats.flush()
    yield
    await subscription.unsubscribe()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("css/base.css", "text/css; charset=utf-8"),
        ("js/api.js", "text/javascript; charset=utf-8"),
        ("favicon.svg", "image/svg+xml"),
        ("fonts/source-serif-4-latin-normal.woff2", "font/woff2"),
    ],
)
async def test_a_static_file_has_its_type(http: httpx2.AsyncClient, path: str, media_type: str) -> None:
    answer = await http.get(f"/static/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type


@pytest.mark.parametrize("path", ["/", "/api/reports", "/api/nothing", "/health/live", "/metrics"])
async def test_every_answer_has_the_security_headers(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"]
    assert answer.headers["content-security-policy"]


async def test_the_api_describes_itself(http: httpx2.AsyncClient) -> None:
    schema = (await http.get("/api/openapi.json")).json()
    assert "/api/workflows/generate-report" in schema["paths"]
    assert "/api/workflows/{workflow_id}/events" in schema["paths"]


async def test_requests_are_counted_by_route_and_not_by_path(http: httpx2.AsyncClient) -> None:
    await http.get("/api/workflows/report-not-in-a-label/status")
    await http.get("/some/path/not/in/a/label")
    exposition = (await http.get("/metrics")).text
    assert 'route="/api/workflows/{workflow_id}/status"' in exposition
    assert "not-in-a-label" not in exposition
    assert "not/in/a/label" not in exposition
