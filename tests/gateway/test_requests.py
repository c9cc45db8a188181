"""A request is accepted when, and only when, the bus holds it; the same key is the same request."""

from datetime import UTC, datetime

import httpx2
import pytest
from nats.js.errors import NotFoundError

from contracts.commands import GenerateReport
from contracts.dead_letters import DeadLetter
from contracts.failures import RejectionReason
from contracts.subjects import DEAD_LETTERS_STREAM, REQUESTS_STREAM, dead_request, gateway_request
from runtime.bus import Bus

pytestmark = pytest.mark.asyncio(loop_scope="session")

URL = "/api/workflows/generate-report"


async def test_an_accepted_request_stands_on_the_bus(http: httpx2.AsyncClient, connection: Bus) -> None:
    answer = await http.post(URL, json={"prompt": "  Why is the sky blue?  ", "mode": "review"})
    body = answer.json()

    assert answer.status_code == 202
    assert answer.headers["location"] == body["status_url"]
    assert body["workflow_id"] == f"report-{body['request_id']}"
    stored = await connection.jetstream.get_last_msg(
        REQUESTS_STREAM, gateway_request(body["request_id"]).name
    )
    command = GenerateReport.model_validate_json(stored.data or b"")
    assert (command.prompt, command.mode, command.workflow_id) == (
        "Why is the sky blue?",
        "review",
        body["workflow_id"],
    )


async def test_an_accepted_request_is_known_before_anything_has_started(http: httpx2.AsyncClient) -> None:
    accepted = (await http.post(URL, json={"prompt": "Why is the sky blue?"})).json()
    state = (await http.get(accepted["status_url"])).json()
    assert state["status"] == "ACCEPTED"
    assert state["prompt"] == "Why is the sky blue?"
    assert {step["state"] for step in state["steps"]} == {"pending"}


async def test_a_request_that_was_set_aside_does_not_wait_for_ever(
    http: httpx2.AsyncClient, connection: Bus
) -> None:
    """It has failed for as long as its dead letter is there; sent again, it waits again."""
    accepted = (await http.post(URL, json={"prompt": "Why is the sky blue?"})).json()
    subject = gateway_request(accepted["request_id"]).name
    letter = DeadLetter(
        subject=subject,
        stream=REQUESTS_STREAM,
        stream_sequence=1,
        deliveries=5,
        reason=RejectionReason.DELIVERIES_EXHAUSTED,
        detail="Handling failed 5 times.",
        headers={},
        payload_base64="",
        failed_at=datetime.now(UTC),
    )
    kept = await connection.jetstream.publish(dead_request(subject).name, letter.model_dump_json().encode())
    state = (await http.get(accepted["status_url"])).json()
    assert (state["status"], state["failure"]["code"]) == ("FAILED", "internal_error")
    assert (await http.get(accepted["result_url"])).status_code == 409

    await connection.jetstream.delete_msg(DEAD_LETTERS_STREAM, kept.seq)
    assert (await http.get(accepted["status_url"])).json()["status"] == "ACCEPTED"


async def test_the_same_key_and_payload_are_one_request(http: httpx2.AsyncClient, connection: Bus) -> None:
    headers = {"Idempotency-Key": "order 4711, second try"}
    first = await http.post(URL, json={"prompt": "Why?"}, headers=headers)
    again = await http.post(URL, json={"prompt": "Why? ", "mode": "auto"}, headers=headers)
    info = await connection.jetstream.stream_info(
        REQUESTS_STREAM, subjects_filter=gateway_request(first.json()["request_id"]).name
    )

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert info.state.subjects == {gateway_request(first.json()["request_id"]).name: 1}


@pytest.mark.parametrize("other", [{"prompt": "Something else"}, {"prompt": "Why?", "mode": "review"}])
async def test_the_same_key_with_another_payload_is_refused(
    http: httpx2.AsyncClient, other: dict[str, str]
) -> None:
    headers = {"Idempotency-Key": f"reused {other}"}
    await http.post(URL, json={"prompt": "Why?"}, headers=headers)
    answer = await http.post(URL, json=other, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_requests_without_a_key_are_each_a_report(http: httpx2.AsyncClient) -> None:
    answers = [await http.post(URL, json={"prompt": "Why?"}) for _ in range(2)]
    assert len({answer.json()["workflow_id"] for answer in answers}) == 2


async def test_a_refused_request_leaves_nothing_on_the_bus(http: httpx2.AsyncClient, connection: Bus) -> None:
    before = (await connection.jetstream.stream_info(REQUESTS_STREAM)).state.last_seq
    await http.post(URL, json={"prompt": " "})
    await http.post(URL, json={"prompt": "Why?", "moode": "review"})
    assert (await connection.jetstream.stream_info(REQUESTS_STREAM)).state.last_seq == before
    with pytest.raises(NotFoundError):
        await connection.jetstream.get_last_msg(REQUESTS_STREAM, gateway_request("none").name)
