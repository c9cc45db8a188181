"""The pages and what they load come from the gateway alone, with headers that keep it so."""

import httpx2
import pytest

from contracts.reports import ReportStatus
from orchestrator.metadata import Metadata
from tests.gateway.behind import a_record

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("path", ["/", "/reports/report-1", "/webhooks"])
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
    "path", ["/reports", "/schedules", "/batches", "/costs", "/settings", "/how-it-works"]
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
    for path in ("/reports", "/how-it-works", "/costs"):
        page = await http.get(path, params={"requested_by": evil})
        assert page.status_code == 200
        assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in (await http.get("/reports", params={"requested_by": evil})).text


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
