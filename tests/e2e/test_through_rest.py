"""A question through REST becomes a report: once, paid once, announced once."""

import asyncio
import hashlib
import io

import httpx2
import pypdf

from contracts.activities.pdf import CreatePdfOutput
from runtime import durable
from runtime.durable import TemporalSettings
from tests.e2e.reports import ask, ending, follow, result, status
from tests.llm_simulator import Behaviour, Fault, SimulatorClient
from tests.llm_simulator.ledger import Entry, Event
from tests.running_stack import RunningStack

POLL_SECONDS = 0.05


async def recorded(simulator: SimulatorClient, event: Event, prompt: str) -> Entry:
    """Wait until the provider has recorded an event of the call about a prompt, and give it."""
    entries = await simulator.ledger()
    while True:
        for entry in entries:
            if entry.event is event and prompt in entry.prompt:
                return entry
        entries = await simulator.wait_for(event, 1 + sum(entry.event is event for entry in entries))


async def test_a_question_becomes_a_pdf(http: httpx2.AsyncClient, simulator: SimulatorClient) -> None:
    prompt = "What caused the decline of the Aral Sea, asked through REST?"
    workflow_id = await ask(http, prompt)
    assert (await ending(http, workflow_id)).event == "completed"

    assert (await status(http, workflow_id))["status"] == "COMPLETED"
    report = await result(http, workflow_id)
    pdf = await http.get(report["pdf_url"])
    assert pdf.headers["content-type"] == "application/pdf"
    assert hashlib.sha256(pdf.content).hexdigest() == report["sha256"]
    document = pypdf.PdfReader(io.BytesIO(pdf.content))
    assert len(document.pages) == report["pages"]
    text = "".join(page.extract_text() for page in document.pages)
    assert report["title"] in text.replace("\n", " ")
    assert report["markdown"].startswith("# ")
    assert report["model"] == "simulated-1"
    assert report["usage"]["output_tokens"] > 0
    assert await simulator.calls(prompt) == 1


async def test_a_viewer_sees_the_steps_and_the_text_as_it_is_written(
    http: httpx2.AsyncClient, simulator: SimulatorClient
) -> None:
    prompt = "A report that is watched while it is written"
    await simulator.script(
        Behaviour(fault=Fault.STALL, after_chunks=4, gate="watched"), prompt_contains=prompt
    )
    workflow_id = await ask(http, prompt)
    text, events = "", []
    async for message in follow(http, workflow_id):
        events.append(message.event)
        if message.event in {"snapshot", "text"}:
            offset = message.data.get("offset", 0)
            text = text[:offset] + message.data["text"]
            if text:
                # Text arrived while the provider still holds the rest back: now let it go on.
                await simulator.release(gate="watched")

    assert events[0] == "snapshot"
    assert "text" in events
    assert events[-1] == "completed"
    assert text.strip() == (await result(http, workflow_id))["markdown"].strip()


async def test_a_viewer_that_comes_back_misses_nothing_and_sees_nothing_twice(
    http: httpx2.AsyncClient, simulator: SimulatorClient
) -> None:
    prompt = "A report whose viewer loses the connection"
    await simulator.script(Behaviour(fault=Fault.STALL, after_chunks=4, gate="lost"), prompt_contains=prompt)
    workflow_id = await ask(http, prompt)
    first, text = [], ""
    async for message in follow(http, workflow_id):
        first.append(message)
        if message.event in {"snapshot", "text"}:
            text = text[: message.data.get("offset", 0)] + message.data["text"]
        if message.event == "text":
            break
    await simulator.release(gate="lost")
    second = [message async for message in follow(http, workflow_id, first[-1].id)]

    for message in second:
        if message.event == "text":
            assert message.data["offset"] == len(text)
            text += message.data["text"]
    told = [message.event for message in (*first, *second) if message.event not in {"snapshot", "text"}]
    assert told.count("completed") == 1
    assert told.count("started") <= 1
    assert text.strip() == (await result(http, workflow_id))["markdown"].strip()


async def test_the_same_key_is_the_same_report(http: httpx2.AsyncClient, simulator: SimulatorClient) -> None:
    prompt = "A report that is asked for twice with one key"
    headers = {"Idempotency-Key": "order-4711"}
    url = "/api/workflows/generate-report"
    first = await http.post(url, json={"prompt": prompt}, headers=headers)
    second = await http.post(url, json={"prompt": prompt}, headers=headers)
    other = await http.post(url, json={"prompt": "Something else"}, headers=headers)
    assert (first.status_code, second.status_code, other.status_code) == (202, 202, 422)
    assert first.json() == second.json()
    await ending(http, first.json()["workflow_id"])
    third = await http.post(url, json={"prompt": prompt}, headers=headers)
    assert third.json() == first.json()
    assert await simulator.calls(prompt) == 1


async def test_an_accepted_id_is_known_at_once(http: httpx2.AsyncClient) -> None:
    for number in range(10):
        workflow_id = await ask(http, f"Known at once, {number}")
        assert (await status(http, workflow_id))["workflow_id"] == workflow_id


async def test_a_result_asked_for_too_early_says_so(
    http: httpx2.AsyncClient, simulator: SimulatorClient
) -> None:
    prompt = "A report that is not there yet"
    await simulator.script(Behaviour(fault=Fault.HANG, gate="early"), prompt_contains=prompt)
    workflow_id = await ask(http, prompt)
    await recorded(simulator, Event.HELD, prompt)
    answer = await http.get(f"/api/workflows/{workflow_id}/result")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert "RUNNING" in answer.text
    await simulator.release(gate="early")
    assert (await ending(http, workflow_id)).event == "completed"


async def test_a_refused_key_fails_the_report_with_a_reason(
    http: httpx2.AsyncClient, simulator: SimulatorClient
) -> None:
    prompt = "A report that the provider refuses"
    await simulator.script(Behaviour(fault=Fault.STATUS, status=401), prompt_contains=prompt)
    workflow_id = await ask(http, prompt)
    message = await ending(http, workflow_id)

    assert message.event == "failed"
    assert message.data["failure"]["code"] == "provider_rejected_key"
    document = await status(http, workflow_id)
    assert document["status"] == "FAILED"
    assert document["failure"]["code"] == "provider_rejected_key"
    assert await simulator.calls(prompt) == 1


async def test_the_status_says_what_a_report_waits_for(
    http: httpx2.AsyncClient, simulator: SimulatorClient
) -> None:
    prompt = "A report that the provider makes wait"
    await simulator.script(Behaviour(fault=Fault.STATUS, status=429, retry_after="3"), prompt_contains=prompt)
    workflow_id = await ask(http, prompt)
    await recorded(simulator, Event.ASKED, prompt)
    while (waiting_for := (await status(http, workflow_id))["waiting_for"]) is None:  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(POLL_SECONDS)
    assert waiting_for["step"] == "llm_call"
    assert waiting_for["reason"]
    assert (await ending(http, workflow_id)).event == "completed"
    assert (await status(http, workflow_id))["waiting_for"] is None


async def test_a_provider_fault_is_tried_again(http: httpx2.AsyncClient, simulator: SimulatorClient) -> None:
    prompt = "A report with trouble on the way"
    await simulator.script(
        Behaviour(fault=Fault.STATUS, status=500), Behaviour(fault=Fault.CUT), prompt_contains=prompt
    )
    workflow_id = await ask(http, prompt)
    assert (await ending(http, workflow_id)).event == "completed"
    assert await simulator.calls(prompt) == 3


async def test_a_cancelled_report_stops_the_model_and_says_so(
    http: httpx2.AsyncClient, simulator: SimulatorClient
) -> None:
    prompt = "A report that nobody wants any more"
    await simulator.script(Behaviour(fault=Fault.STALL, gate="cancelled"), prompt_contains=prompt)
    workflow_id = await ask(http, prompt)
    async for message in follow(http, workflow_id):
        if message.event == "text" or message.data.get("text"):
            answer = await http.post(f"/api/workflows/{workflow_id}/cancel")
            assert answer.status_code == 202, answer.text
            break
    assert (await ending(http, workflow_id)).event == "cancelled"
    assert (await status(http, workflow_id))["status"] == "CANCELLED"
    assert (await recorded(simulator, Event.BILLED, prompt)).outcome == "abandoned"


async def test_a_draft_waits_for_a_decision_and_can_be_revised(
    http: httpx2.AsyncClient, simulator: SimulatorClient
) -> None:
    workflow_id = await ask(http, "A report that is reviewed", mode="review")
    url = f"/api/workflows/{workflow_id}/decision"
    revision = 0
    async for message in follow(http, workflow_id):
        if message.event == "draft_ready":
            revision = message.data["revision"]
            stale = await http.post(url, json={"revision": revision + 1, "decision": "approve"})
            assert stale.status_code == 409
            kind = "revise" if revision == 1 else "approve"
            answer = await http.post(
                url, json={"revision": revision, "decision": kind, "instructions": "Name the rivers."}
            )
            assert answer.is_success, answer.text

    assert revision == 2
    assert (await result(http, workflow_id))["revision"] == 2
    assert await simulator.calls("Name the rivers.") == 1


async def test_a_finished_report_is_rendered_again_without_the_model(
    http: httpx2.AsyncClient, simulator: SimulatorClient, stack: RunningStack
) -> None:
    prompt = "A report that is rendered twice"
    workflow_id = await ask(http, prompt)
    await ending(http, workflow_id)
    answer = await http.post(f"/api/workflows/{workflow_id}/render")
    assert answer.status_code == 202, answer.text
    temporal = await durable.connect(TemporalSettings(temporal_address=stack.temporal_address))
    rendering = temporal.get_workflow_handle(f"render-{workflow_id}", result_type=CreatePdfOutput)
    rendered = await rendering.result()
    again = await http.get(f"/api/workflows/{workflow_id}/pdf")
    assert hashlib.sha256(again.content).hexdigest() == rendered.pdf.sha256
    assert rendered.pdf.sha256 == (await result(http, workflow_id))["sha256"]
    assert await simulator.calls(prompt) == 1


async def test_history_lists_what_was_asked(http: httpx2.AsyncClient) -> None:
    workflow_id = await ask(http, "A report about xylophones in history")
    await ending(http, workflow_id)
    answer = await http.get("/api/reports", params={"q": "xylophones", "status": "COMPLETED"})
    assert [report["workflow_id"] for report in answer.json()["items"]] == [workflow_id]
