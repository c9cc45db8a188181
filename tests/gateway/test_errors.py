"""Every error is a problem of RFC 9457 that names the field and the remedy."""

import html
from typing import Any

import httpx2
import pytest

from contracts.reports import PROMPT_MAX_CHARACTERS

pytestmark = pytest.mark.asyncio(loop_scope="session")

URL = "/api/workflows/generate-report"
JSON = {"Content-Type": "application/json"}
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


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there"])
async def test_an_unusable_idempotency_key_is_refused(http: httpx2.AsyncClient, key: str) -> None:
    answer = await http.post(URL, json={"prompt": "q"}, headers={"Idempotency-Key": key})
    assert assert_problem(answer, 400)["errors"][0]["field"] == "Idempotency-Key"


async def test_a_body_that_is_too_large_is_refused(http: httpx2.AsyncClient) -> None:
    assert_problem(await http.post(URL, json={"prompt": "x" * 1_000_000}), 413)


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
