"""Grafana is reached through the gateway only, to look at it, and knows nothing of who looks."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import httpx2
import pytest
import pytest_asyncio

from gateway.errors.problems import Problem
from gateway.grafana import Grafana, Inquiry
from local_stack import LocalStack
from local_stack.catalogue import GATEWAY
from tests.gateway.process import GatewayProcess
from tests.gateway.standin_server import StandIn, standing_in

pytestmark = pytest.mark.asyncio(loop_scope="session")

DASHBOARD = "/grafana/d/reports/reports-and-objectives"


class Before(NamedTuple):
    """A client of a gateway that has a Grafana, and that Grafana."""

    http: httpx2.AsyncClient
    grafana: StandIn


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def started(servers: LocalStack) -> AsyncIterator[Before]:
    """A gateway with GRAFANA_URL."""
    port = servers.ports.process(1)
    async with standing_in(StandIn()) as grafana:
        environment = servers.service_environment(GATEWAY, http_port=port) | {"GRAFANA_URL": grafana.url}
        running = GatewayProcess(f"http://127.0.0.1:{port}", environment)
        await running.start()
        async with httpx2.AsyncClient(base_url=running.url, timeout=15, trust_env=False) as http:
            yield Before(http, grafana)
        assert await running.stop() == 0


@pytest.fixture
def before(started: Before) -> Before:
    """The same, with nothing left of another test."""
    started.grafana.requests.clear()
    started.grafana.body, started.grafana.status = b"<p>A dashboard</p>", 200
    started.grafana.headers = {"content-type": "text/html"}
    return started


async def test_a_page_comes_through_as_it_is_and_may_be_framed_by_us(before: Before) -> None:
    before.grafana.headers |= {
        "etag": '"7"',
        "set-cookie": "grafana_session=1",
        "x-frame-options": "deny",
        "content-security-policy": "default-src 'none'",
        "server": "something",
    }
    answer = await before.http.get(f"{DASHBOARD}?kiosk&from=now-1h")
    assert (answer.status_code, answer.text) == (200, "<p>A dashboard</p>")
    assert answer.headers["content-type"] == "text/html"
    assert answer.headers["etag"] == '"7"'
    assert "set-cookie" not in answer.headers
    assert answer.headers.get_list("x-frame-options") == ["SAMEORIGIN"]
    (policy,) = answer.headers.get_list("content-security-policy")
    assert "frame-ancestors 'self'" in policy
    (asked,) = before.grafana.requests
    assert (asked.method, asked.path, asked.query) == ("GET", DASHBOARD, "kiosk&from=now-1h")


async def test_no_other_page_may_be_framed(before: Before) -> None:
    answer = await before.http.get("/operations")
    assert answer.headers["x-frame-options"] == "DENY"
    assert "frame-src 'self'" in answer.headers["content-security-policy"]


async def test_what_is_ours_and_what_is_the_connections_is_not_passed_on(before: Before) -> None:
    headers = {
        "Authorization": "Bearer of the product",
        "Cookie": "session=of-the-product",
        "X-Forwarded-For": "1.2.3.4",
        "X-WEBAUTH-USER": "admin",
        "Connection": "keep-alive, X-Grafana-Org-Id",
        "TE": "trailers",
        "Accept-Language": "de",
        "X-Panel-Id": "4",
    }
    await before.http.get(DASHBOARD, headers=headers)
    passed = before.grafana.requests[0].headers
    assert passed["accept-language"] == "de"
    assert passed["x-panel-id"] == "4"
    assert passed["host"] == before.http.base_url.netloc.decode()
    assert not {"authorization", "cookie", "x-forwarded-for", "x-webauth-user", "te"} & set(passed)


async def test_a_panels_query_and_its_answer(before: Before) -> None:
    before.grafana.body = b'{"results":' + b'"x"' * 100_000 + b"}"
    before.grafana.headers = {"content-type": "application/json"}
    answer = await before.http.post("/grafana/api/ds/query?ds_type=prometheus", json={"queries": []})
    assert answer.status_code == 200
    assert answer.content == before.grafana.body
    (asked,) = before.grafana.requests
    assert (asked.method, asked.body) == ("POST", b'{"queries":[]}')
    assert asked.headers["content-type"] == "application/json"


async def test_an_answer_that_is_no_success_is_passed_on(before: Before) -> None:
    before.grafana.status, before.grafana.headers = 302, {"location": "/grafana/d/reports"}
    answer = await before.http.get("/grafana/d/old")
    assert (answer.status_code, answer.headers["location"]) == (302, "/grafana/d/reports")
    before.grafana.headers = {"location": "https://elsewhere.example/"}
    assert "location" not in (await before.http.get("/grafana/d/old")).headers
    before.grafana.status, before.grafana.headers = 304, {"etag": '"7"'}
    answer = await before.http.get("/grafana/public/app.js", headers={"If-None-Match": '"7"'})
    assert (answer.status_code, before.grafana.requests[-1].headers["if-none-match"]) == (304, '"7"')


@pytest.mark.parametrize(
    "path",
    ["/grafana/api/dashboards/db", "/grafana/login", "/grafana/api/admin/users", "/grafana/api/ds/query/x"],
)
async def test_nothing_can_be_changed(before: Before, path: str) -> None:
    answer = await before.http.post(path, json={})
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await before.http.delete(path)).status_code == 405
    assert before.grafana.requests == []


@pytest.mark.parametrize(
    "path",
    [
        "/grafana/../api/reports",
        "/grafana/./d",
        "/grafana/%2e%2e/metrics",
        "/grafana/..%2fmetrics",
        "/grafana/d%00",
        "/grafanas/d",
        "/grafana@elsewhere.example/",
        "http://elsewhere.example/grafana/d",
    ],
)
async def test_no_path_leads_anywhere_else(path: str) -> None:
    async with standing_in(StandIn()) as server, httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(Problem) as raised:
            await Grafana(client, server.url).ask(Inquiry("GET", path, "", [], b""))
        assert raised.value.status == 404
        assert server.requests == []


async def test_a_grafana_that_is_away_is_a_problem_of_its_own() -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(Problem) as raised:
            await Grafana(client, "http://127.0.0.1:1").ask(Inquiry("GET", DASHBOARD, "", [], b""))
    assert raised.value.status == 502


async def test_without_a_grafana_there_is_no_such_page(http: httpx2.AsyncClient) -> None:
    assert (await http.get(DASHBOARD)).status_code == 404
    assert (await http.post("/grafana/api/ds/query", json={})).status_code == 404
