"""One trace goes from the HTTP request to the webhook, whatever is tried again or dies on the way."""

import asyncio
import os
import secrets
import sys
from collections.abc import Callable
from uuid import uuid4

import httpx2
import psutil
import pytest

from tests.e2e.reports import ask, ending, follow, status
from tests.llm_simulator import Behaviour, Fault, SimulatorClient
from tests.notifier.receiver import Receiver
from tests.telemetry.collector import ReceivedSpan
from tests.telemetry.watched import WatchedStack


class Trace:
    """The spans of one trace."""

    def __init__(self, spans: list[ReceivedSpan]) -> None:
        self._spans = spans
        self._by_id = {span.span_id: span for span in spans}

    def named(self, name: str) -> list[ReceivedSpan]:
        return [span for span in self._spans if span.name == name]

    def one(self, name: str) -> ReceivedSpan:
        (span,) = self.named(name)
        return span

    def path_to(self, span: ReceivedSpan) -> list[str]:
        """Name the spans from the outermost one to this one."""
        parent = self._by_id.get(span.parent_id)
        return [*(self.path_to(parent) if parent else []), span.name]


@pytest.fixture
def caller() -> tuple[str, str]:
    """Ids of a trace and of a span that a caller has begun."""
    return secrets.token_hex(16), secrets.token_hex(8)


REPORT = [
    "POST",
    "send REPORT_REQUESTS",
    "process orchestrator-intake",
    "StartWorkflow:GenerateReportWorkflow",
]
RENDERED = ["StartActivity:create_pdf", "RunActivity:create_pdf"]
DELIVERY = [
    *REPORT,
    "StartActivity:send_notification",
    "RunActivity:send_notification",
    "process notifier-dispatcher",
    "StartWorkflow:DeliverWebhookWorkflow",
    "StartActivity:deliver_webhook",
    "RunActivity:deliver_webhook",
    "POST webhook",
]


async def test_one_trace_from_the_request_to_the_webhook(
    watched: WatchedStack, simulator: SimulatorClient, caller: tuple[str, str]
) -> None:
    trace_id, span_id = caller
    prompt = f"What is in a trace? {uuid4().hex}"
    await simulator.script(Behaviour(fault=Fault.STATUS, status=503), prompt_contains=prompt)
    headers = {"traceparent": f"00-{trace_id}-{span_id}-01"}
    url = watched.stack.gateway_url
    async with httpx2.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:
        with Receiver() as receiver:
            endpoint = (await http.post("/api/webhooks", json={"url": receiver.url("/traced")})).json()
            asked = await http.post(
                "/api/workflows/generate-report", json={"prompt": prompt}, headers=headers
            )
            await ending(http, asked.json()["workflow_id"])
            (delivered,) = await receiver.wait_for("/traced", 1)
        await http.delete(f"/api/webhooks/{endpoint['endpoint_id']}")
    wanted = {"POST webhook", "RunActivity:record_delivery", "CompleteWorkflow:GenerateReportWorkflow"}
    spans = await watched.collector.spans_of(trace_id, lambda found: wanted <= {span.name for span in found})
    trace = Trace(spans)

    assert trace.one("POST").parent_id == span_id
    assert trace.one("POST").attributes["http.route"] == "/api/workflows/generate-report"
    attempts = trace.named("RunActivity:llm_call")
    assert [span.attributes["temporal.activity.attempt"] for span in attempts] == [1, 2]
    assert [span.failed for span in attempts] == [True, False]
    for attempt in attempts:
        assert trace.path_to(attempt) == [*REPORT, "StartActivity:llm_call", "RunActivity:llm_call"]
    calls = trace.named("chat simulated-1")
    assert [call.parent_id for call in calls] == [attempt.span_id for attempt in attempts]
    assert calls[0].attributes["error.type"] == "ProviderFaultError"
    assert calls[1].attributes["gen_ai.request.model"] == "simulated-1"
    assert calls[1].attributes["gen_ai.usage.output_tokens"]
    assert trace.path_to(trace.one("render"))[-2:] == ["RunActivity:create_pdf", "render"]
    assert trace.path_to(trace.one("POST webhook")) == DELIVERY
    assert delivered.headers["traceparent"] == f"00-{trace_id}-{trace.one('POST webhook').span_id}-01"
    assert not any(prompt.encode() in body for body in watched.collector.bodies), "a prompt is in a trace"


async def test_a_trace_outlives_the_worker(watched: WatchedStack, caller: tuple[str, str]) -> None:
    """The worker that began the workflow is killed while a draft waits; another one finishes it."""
    trace_id, span_id = caller
    headers = {"traceparent": f"00-{trace_id}-{span_id}-01"}
    url, run_name = watched.stack.gateway_url, "RunWorkflow:GenerateReportWorkflow"
    async with httpx2.AsyncClient(base_url=url, timeout=30, trust_env=False, headers=headers) as http:
        workflow_id = await ask(http, "What survives?", mode="review")
        async for message in follow(http, workflow_id):
            if message.event == "draft_ready":
                break
        begun = await watched.collector.spans_of(trace_id, _has("RunActivity:llm_call", run_name))
        (worker,) = watched.stack.processes("orchestrator", "workflows")
        worker.kill()
        psutil.wait_procs([worker])
        decision = {"revision": 1, "decision": "approve"}
        await http.post(f"/api/workflows/{workflow_id}/decision", json=decision)
        await ending(http, workflow_id)
        assert (await status(http, workflow_id))["status"] == "COMPLETED"
    complete = _has(run_name, "CompleteWorkflow:GenerateReportWorkflow", *REPORT, *RENDERED)
    trace = Trace(await watched.collector.spans_of(trace_id, complete))
    run = trace.one(run_name)
    assert run in begun, "the workflow began before its worker was killed"
    assert trace.path_to(run) == [*REPORT, run.name]
    rendered = trace.one("RunActivity:create_pdf")
    assert trace.path_to(rendered) == [*REPORT, *RENDERED]


def _has(*names: str) -> Callable[[list[ReceivedSpan]], bool]:
    # Each process sends its spans when it likes: to wait for one is not to have another.
    return lambda spans: set(names) <= {span.name for span in spans}


async def test_without_a_collector_no_thread_is_started_and_nothing_of_the_sdk_is_loaded() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OFF, stdout=asyncio.subprocess.PIPE, env={"PATH": os.environ["PATH"]}
    )
    output, _ = await process.communicate()
    assert output.decode().split() == ["1", "[]"]


OFF = """
import asyncio, sys, threading
from runtime import durable, tracing
from runtime.trace_export import tracing as exporting

async def main():
    async with exporting("gateway", "gateway"):
        with tracing.span("nothing"):
            loaded = [name for name in sys.modules if name.startswith("opentelemetry")]
            print(threading.active_count(), loaded)

asyncio.run(main())
"""
