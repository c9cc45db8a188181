"""Every error is a problem of RFC 9457 that names the field and the remedy."""

import asyncio
import gzip
import html
from typing import Any

import httpx2
import pytest

from contracts.reports import PROMPT_MAX_CHARACTERS

pytestmark = pytest.mark.asyncio(loop_scope="session")

URL = "/api/workflows/generate-report"
JSON = {"Content-Type": "application/json"}
BATCHES = "/api/batches"
UNKNOWN = "/api/workflows/report-nobody-asked-for-this"


def assert_problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert answer.status_code == status, body
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == status
    assert body["instance"] == answer.request.url.path
    assert body["type"].startswith("urn:durable-reports:problem:")
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": " \n\t "}, "prompt"),
        ({"prompt": "x" * (PROMPT_MAX_CHARACTERS + 1)}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"prompt": "half a \x00 word"}, "prompt"),
        ({}, "prompt"),
        ({"prompt": "q", "mode": "manual"}, "mode"),
        ({"prompt": "q", "moode": "review"}, "moode"),
        ([], "(body)"),
        ("text", "(body)"),
    ],
)
async def test_invalid_input_names_the_field(http: httpx2.AsyncClient, payload: object, field: str) -> None:
    body = assert_problem(await http.post(URL, json=payload), 400)
    assert [error["field"] for error in body["errors"]] == [field]
    assert body["errors"][0]["detail"]


async def test_the_longest_prompt_is_counted_after_stripping(http: httpx2.AsyncClient) -> None:
    answer = await http.post(URL, json={"prompt": "  " + "水" * PROMPT_MAX_CHARACTERS + "\n"})
    assert answer.status_code == 202


async def test_an_over_long_prompt_is_told_both_lengths(http: httpx2.AsyncClient) -> None:
    body = assert_problem(await http.post(URL, json={"prompt": "x" * 16_020}), 400)
    assert "16,000" in body["errors"][0]["detail"]
    assert "16,020" in body["errors"][0]["detail"]


@pytest.mark.parametrize(
    "content", [b"", b"null", b"{", b'{"prompt": }', b"prompt=q", b'{"prompt": "\xff"}', b"[" * 20_000]
)
async def test_broken_json_is_told_so(http: httpx2.AsyncClient, content: bytes) -> None:
    body = assert_problem(await http.post(URL, content=content, headers=JSON), 400)
    assert body["errors"][0]["field"] == "(body)"


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_another_content_type_is_refused(http: httpx2.AsyncClient, media_type: str) -> None:
    headers = {"Content-Type": media_type}
    body = assert_problem(await http.post(URL, content=b'{"prompt": "q"}', headers=headers), 415)
    assert body["errors"][0]["field"] == "Content-Type"
    assert "application/json" in body["errors"][0]["detail"]


async def test_a_missing_content_type_is_refused(http: httpx2.AsyncClient) -> None:
    assert_problem(await http.post(URL, content=b'{"prompt": "q"}'), 415)


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "é", "水"])
async def test_an_unusable_idempotency_key_is_refused(http: httpx2.AsyncClient, key: str) -> None:
    answer = await http.post(URL, json={"prompt": "q"}, headers=[(b"Idempotency-Key", key.encode())])
    assert assert_problem(answer, 400)["errors"][0]["field"] == "Idempotency-Key"


async def test_two_different_idempotency_keys_are_refused(http: httpx2.AsyncClient) -> None:
    headers = [("Idempotency-Key", "one"), ("Idempotency-Key", "other")]
    answer = await http.post(URL, json={"prompt": "q"}, headers=headers)
    assert assert_problem(answer, 400)["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("path", "size", "limit"), [(URL, 1_000_000, "256 KiB"), (BATCHES, 3_000_000, "2,048")]
)
async def test_a_body_that_is_too_large_is_told_what_is_taken(
    http: httpx2.AsyncClient, path: str, size: int, limit: str
) -> None:
    body = assert_problem(await http.post(path, json={"prompts": ["x" * size]}), 413)
    assert body["errors"][0]["field"] == "(body)"
    assert limit in body["errors"][0]["detail"]


async def refused_posts(http: httpx2.AsyncClient) -> dict[str, float]:
    """Count the answers to POST that were refusals, by class of status."""
    lines = (await http.get("/metrics")).text.splitlines()
    counted = [
        line for line in lines if line.startswith("gateway_http_requests_total") and f'"{URL}"' in line
    ]
    found = {kind: line for kind in ("4xx", "5xx") for line in counted if f'"{kind}"' in line}
    return {kind: float(line.rpartition(" ")[2]) for kind, line in found.items()}


async def test_a_body_that_breaks_off_is_no_failure_of_ours(http: httpx2.AsyncClient) -> None:
    before = await refused_posts(http)
    _, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    writer.write(f"POST {URL} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode())
    writer.write(b'Content-Length: 100\r\n\r\n{"prompt')
    await writer.drain()
    writer.close()
    while (after := await refused_posts(http)) == before:  # noqa: ASYNC110 - a counter raises no event here
        await asyncio.sleep(0.05)
    assert after.get("5xx") == before.get("5xx")


@pytest.mark.parametrize("path", [URL, BATCHES])
async def test_a_compressed_body_is_told_so(http: httpx2.AsyncClient, path: str) -> None:
    content, headers = gzip.compress(b'{"prompt": "q"}'), {**JSON, "Content-Encoding": "gzip"}
    body = assert_problem(await http.post(path, content=content, headers=headers), 415)
    assert body["errors"][0]["field"] == "Content-Encoding"


@pytest.mark.parametrize("name", ["q", "requested_by", "model", "batch_id", "schedule_id"])
@pytest.mark.parametrize("path", ["/api/reports", "/reports"])
async def test_nobody_searches_for_what_no_store_can_hold(
    http: httpx2.AsyncClient, path: str, name: str
) -> None:
    assert assert_problem(await http.get(f"{path}?{name}=a%00b"), 400)["errors"][0]["field"] == name


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/static/js/%00"),
        ("GET", "/api/webhooks/%00/deliveries"),
        ("DELETE", "/api/webhooks/%00"),
        ("POST", "/api/webhooks/deliveries/%00/replay"),
    ],
)
async def test_nothing_is_at_an_address_with_nul(http: httpx2.AsyncClient, method: str, path: str) -> None:
    assert_problem(await http.request(method, path), 404)


@pytest.mark.parametrize(
    ("path", "sent", "field", "words"),
    [
        (BATCHES, {"prompts": ["q"], "name": "\x00"}, "name", "NUL"),
        ("/api/webhooks", {"url": "https://a.example", "description": "\x00"}, "description", "NUL"),
        (
            "/api/webhooks",
            {"url": "https://a.example", "event_types": ["x"]},
            "event_types.0",
            "'report.failed'",
        ),
        ("/api/webhooks", {"url": "https://a.example", "event_types": "x"}, "event_types", "must be a list."),
        ("/api/schedules/preview", {"calendar": {}}, "calendar", "Name its 'kind'."),
        ("/api/schedules/preview", {"calendar": {"kind": "x"}}, "calendar", "must be one of 'hours', "),
        ("/api/schedules/preview", {"calendar": 7}, "calendar", "must be a JSON object."),
        (f"{UNKNOWN}/decision", {"revision": "x", "decision": "approve"}, "revision", "a whole number."),
    ],
)
async def test_a_wrong_value_is_told_what_belongs_there(
    http: httpx2.AsyncClient, path: str, sent: dict[str, object], field: str, words: str
) -> None:
    (error,) = assert_problem(await http.post(path, json=sent), 400)["errors"]
    assert error["field"] == field
    assert words in error["detail"]
    assert "<" not in error["detail"]


@pytest.mark.parametrize("resource", ["status", "result", "pdf", "events", "draft", "html"])
@pytest.mark.parametrize(
    "identifier", ["report-nobody-asked-for-this", "other-1", "report-", "report-a.b", "%00"]
)
async def test_an_unknown_id_is_not_found(http: httpx2.AsyncClient, resource: str, identifier: str) -> None:
    assert_problem(await http.get(f"/api/workflows/{identifier}/{resource}"), 404)


async def test_an_unknown_report_cannot_be_steered(http: httpx2.AsyncClient) -> None:
    decision = {"revision": 1, "decision": "approve"}
    assert_problem(await http.post(f"{UNKNOWN}/decision", json=decision), 404)
    assert_problem(await http.post(f"{UNKNOWN}/cancel"), 404)


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        ({"decision": "approve"}, "revision"),
        ({"revision": 0, "decision": "approve"}, "revision"),
        ({"revision": 1, "decision": "maybe"}, "decision"),
        ({"revision": 1, "decision": "revise"}, "instructions"),
        ({"revision": 1, "decision": "revise", "instructions": "x" * 4_001}, "instructions"),
        ({"revision": 1, "decision": "revise", "instructions": "half a \x00"}, "instructions"),
    ],
)
async def test_an_invalid_decision_names_the_field(
    http: httpx2.AsyncClient, decision: dict[str, object], field: str
) -> None:
    body = assert_problem(await http.post(f"{UNKNOWN}/decision", json=decision), 400)
    assert body["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("query", "field"),
    [("status=DONE", "status"), ("page=0", "page"), ("page=x", "page"), ("page_size=1000", "page_size")],
)
async def test_an_invalid_query_names_the_parameter(http: httpx2.AsyncClient, query: str, field: str) -> None:
    body = assert_problem(await http.get(f"/api/reports?{query}"), 400)
    assert body["errors"][0]["field"] == field


async def test_an_unknown_path_and_a_wrong_method_are_problems(http: httpx2.AsyncClient) -> None:
    assert_problem(await http.get("/api/nothing/here"), 404)
    assert_problem(await http.get("/static/../settings.py"), 404)
    assert_problem(await http.get("/static/%2e%2e/settings.py"), 404)
    assert assert_problem(await http.get(URL), 405)
    assert "POST" in (await http.get(URL)).headers["allow"]


async def test_webhooks_without_a_notifier_are_unavailable(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/api/webhooks")
    assert_problem(answer, 503)
    assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [("/nothing", 404, "There is nothing here"), ("/reports?status=NONSENSE", 400, "There is no status")],
)
async def test_a_person_is_told_on_a_page_and_a_program_in_json(
    http: httpx2.AsyncClient, path: str, status: int, words: str
) -> None:
    page = await http.get(path, headers={"Accept": "text/html,*/*"})
    told = await http.get(path)
    assert page.status_code == told.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    assert words in html.unescape(page.text)
    assert told.headers["content-type"] == "application/problem+json"
    assert (await http.get("/api/nothing", headers={"Accept": "text/html"})).json()["status"] == 404


async def test_the_description_tells_each_refusal_as_it_comes(http: httpx2.AsyncClient) -> None:
    paths = (await http.get("/api/openapi.json")).json()["paths"]
    told = {
        (method, path, status): answer.get("content", {}).keys()
        for path, operations in paths.items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
        if status >= "400" and not path.startswith("/health")
    }
    assert {place for place, kinds in told.items() if kinds != {"application/problem+json"}} == set()
    assert paths["/api/workflows/{workflow_id}/document"]["get"]["responses"]["200"]["content"].keys() == {
        "application/pdf",
        "text/html",
        "text/markdown",
    }
