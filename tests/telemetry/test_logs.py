"""The log says whose report a line is about, and nothing that people wrote or that is secret."""

from uuid import uuid4

import httpx2
import pytest
from pydantic import ValidationError

from contracts.commands import GenerateReport
from tests.e2e.reports import ask, ending, follow
from tests.llm_simulator import Behaviour, Fault, SimulatorClient
from tests.telemetry.watched import WatchedStack


async def test_no_prompt_answer_or_secret_is_in_any_log(
    watched: WatchedStack, simulator: SimulatorClient
) -> None:
    """A report that succeeds after a fault, one that fails, one that is revised, one that is refused."""
    marker = f"marker{uuid4().hex}"
    failing = f"A question that fails {marker}"
    await simulator.script(Behaviour(fault=Fault.STATUS, status=503), prompt_contains=f"well {marker}")
    await simulator.script(Behaviour(fault=Fault.STATUS, status=404), prompt_contains=failing)
    async with httpx2.AsyncClient(base_url=watched.stack.gateway_url, timeout=30, trust_env=False) as http:
        done = await ask(http, f"A question that ends well {marker}")
        failed = await ask(http, failing)
        await _revise_once(http, f"A question that is reviewed {marker}", f"Write of {marker}")
        for workflow_id in (done, failed):
            await ending(http, workflow_id)
        refused = await http.post("/api/workflows/generate-report", json={"prompt": {"no": marker}})
        assert refused.status_code == 400
    logs = watched.log_text()
    assert done in logs
    assert marker not in logs
    assert watched.secret not in logs


def test_an_error_about_a_payload_does_not_quote_it() -> None:
    with pytest.raises(ValidationError) as refused:
        GenerateReport.model_validate({"prompt": "a secret\x00question"})
    assert "question" not in str(refused.value)


async def _revise_once(http: httpx2.AsyncClient, prompt: str, instructions: str) -> None:
    workflow_id = await ask(http, prompt, mode="review")
    async for message in follow(http, workflow_id):
        if message.event == "draft_ready":
            revision = message.data["revision"]
            decision = {"revision": revision, "decision": "revise", "instructions": instructions}
            if revision > 1:
                decision = {"revision": revision, "decision": "approve"}
            answer = await http.post(f"/api/workflows/{workflow_id}/decision", json=decision)
            assert answer.is_success, answer.text


async def test_lines_say_whose_report_and_which_trace_they_are_about(
    watched: WatchedStack, simulator: SimulatorClient
) -> None:
    prompt = f"Who is this about? {uuid4().hex}"
    await simulator.script(Behaviour(fault=Fault.STATUS, status=503), prompt_contains=prompt)
    async with httpx2.AsyncClient(base_url=watched.stack.gateway_url, timeout=30, trust_env=False) as http:
        workflow_id = await ask(http, prompt)
        await ending(http, workflow_id)
    lines = [line for line in watched.log_lines() if line.get("workflow_id") == workflow_id]
    by_event = {line["event"]: line for line in lines}
    events = {"intake.started", "llm_call.failed", "llm_call.done", "render.done"}
    assert events <= by_event.keys()
    assert len({by_event[event]["trace_id"] for event in events}) == 1
    for event in events:
        line = by_event[event]
        assert workflow_id == f"report-{line['request_id']}"
        assert line["level"]
        assert line["timestamp"]
        assert line["service"]
    assert (by_event["llm_call.failed"]["attempt"], by_event["llm_call.done"]["attempt"]) == (1, 2)


async def test_every_line_of_a_service_is_json(watched: WatchedStack) -> None:
    lines = watched.log_text().splitlines()
    assert lines
    assert len(lines) == len(watched.log_lines()), [line for line in lines if not line.startswith("{")][:5]
