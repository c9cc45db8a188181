"""The catalogue of metrics is what running processes export: no more, no less, and nothing unbounded."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from temporalio import workflow

from contracts.task_queues import TaskQueue
from gateway.app import HANDLERS
from llm_worker.bills import Outcome
from llm_worker.metrics import CallOutcome
from notifier.workflows.interface import DELIVER_WEBHOOK, DELIVER_WEBHOOK_WORKFLOW, RECORD_DELIVERY, Verdict
from orchestrator.app import WORKFLOWS
from orchestrator.reconciliation.findings import Finding
from orchestrator.reconciliation.sweep import RECONCILE_REPORTS
from orchestrator.workflows.reconcile_reports import RECONCILE_REPORTS_WORKFLOW
from pdf_worker.render_pool import ProcessLoss
from runtime.metrics.catalogue import FOREIGN, METRICS, documents, models, reports, temporal_labels, webhooks
from runtime.metrics.definitions import Label, Process
from runtime.metrics.page import page
from runtime.task_queues import QUEUES
from tests.e2e.reports import ask, ending, follow
from tests.llm_simulator import Behaviour, Fault, SimulatorClient
from tests.notifier.receiver import Receiver
from tests.running_stack import RunningStack
from tests.telemetry.scraping import Scrape, scrapes

DOCUMENTED = {definition.name: definition for definition in (*METRICS, *FOREIGN)}
_TYPED = re.compile(r":[a-z]+\}")
ROUTES = {_TYPED.sub("}", path) for handler in HANDLERS for path in handler.paths} | {"unmatched"}
# What bounds labels whose values only a process knows.
FITS: dict[str, Callable[[str], object]] = {
    "route": ROUTES.__contains__,
    "gen_ai_request_model": {"simulated-1"}.__contains__,
    "script": re.compile(r"[A-Z][a-z]{3}").fullmatch,
    "version": re.compile(r"\d+\.\d+(\.\d+)?").fullmatch,
    "revision": {"unknown"}.__contains__,
    "implementation": {"CPython"}.__contains__,
    **dict.fromkeys(("major", "minor", "patchlevel"), re.compile(r"\d+").fullmatch),
}


@pytest.fixture(scope="module")
def scraped(stack: RunningStack, simulator_origin: str) -> list[Scrape]:
    """Every process of a stack that has done some of everything."""
    return asyncio.run(_use_and_scrape(stack, simulator_origin))


async def _use_and_scrape(stack: RunningStack, simulator_origin: str) -> list[Scrape]:
    async with (
        httpx2.AsyncClient(base_url=stack.gateway_url, timeout=30, trust_env=False) as http,
        SimulatorClient(simulator_origin) as simulator,
    ):
        with Receiver() as receiver:
            await _write_tell_and_fail(http, simulator, receiver)
        await _steer(http)
        await _repeat(http)
        await http.get("/no/such/page")
        await http.get("/api/reports")
    return await scrapes(stack)


async def _write_tell_and_fail(
    http: httpx2.AsyncClient, simulator: SimulatorClient, receiver: Receiver
) -> None:
    await simulator.reset()
    limited, refused = "A report that has to wait", "A report that is refused"
    await simulator.script(Behaviour(fault=Fault.STATUS, status=503), prompt_contains=limited)
    await simulator.script(Behaviour(fault=Fault.STATUS, status=404), prompt_contains=refused)
    endpoint = (await http.post("/api/webhooks", json={"url": receiver.url("/told")})).json()
    for prompt in (limited, refused):
        await ending(http, await ask(http, prompt))
    await receiver.wait_for("/told", 2)
    await http.delete(f"/api/webhooks/{endpoint['endpoint_id']}")
    await simulator.reset()


async def _steer(http: httpx2.AsyncClient) -> None:
    workflow_id = await ask(http, "A report that is paused, goes on and is cancelled", mode="review")
    async for message in follow(http, workflow_id):
        if message.event == "draft_ready":
            break
    for action in ("pause", "resume", "cancel"):
        answer = await http.post(f"/api/workflows/{workflow_id}/{action}")
        assert answer.is_success, answer.text
    await ending(http, workflow_id)


async def _repeat(http: httpx2.AsyncClient) -> None:
    batch = (await http.post("/api/batches", json={"prompts": ["One of two", "Two of two"]})).json()
    calendar = {"kind": "daily", "at": "09:00"}
    wanted = {"name": "Metrics", "prompt": "What is new?", "calendar": calendar}
    schedule = (await http.post("/api/schedules", json=wanted)).json()
    run = (await http.post(f"{schedule['url']}/run")).json()
    for workflow_id in (*batch["workflow_ids"], run["workflow_id"]):
        await ending(http, workflow_id)
    while (await http.get(batch["batch_url"])).json()["archive_bytes"] is None:  # noqa: ASYNC110 - it is packed elsewhere
        await asyncio.sleep(0.05)
    await http.delete(schedule["url"])


def test_every_process_exports_what_the_catalogue_says_and_nothing_else(scraped: list[Scrape]) -> None:
    for scrape in scraped:
        promised = {name for name, found in DOCUMENTED.items() if scrape.process in found.exported_by}
        assert scrape.families.keys() == promised, scrape.process
        for name, family in scrape.families.items():
            assert family.type == DOCUMENTED[name].kind, name


def test_every_label_has_its_value_from_a_closed_set(scraped: list[Scrape]) -> None:
    for scrape in scraped:
        for name, family in scrape.families.items():
            labels = {label.name: label for label in DOCUMENTED[name].label_set}
            for sample in family.samples:
                values = {key: value for key, value in sample.labels.items() if key != "le"}
                assert values.keys() == labels.keys(), sample
                for key, value in values.items():
                    assert _admits(labels[key], value), f"{sample.name}: {key}={value}"


def _admits(label: Label, value: str) -> bool:
    return value in label.values if label.values else bool(FITS[label.name](value))


def test_every_metric_of_the_catalogue_says_what_it_is() -> None:
    assert len(DOCUMENTED) == len(METRICS) + len(FOREIGN)
    for definition in DOCUMENTED.values():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", definition.name)
        assert definition.meaning.endswith(".")
        assert "|" not in definition.meaning
        assert definition.unit
        assert definition.exported_by
        assert (definition.kind == "counter") == definition.name.endswith("_total"), definition.name
        for label in definition.label_set:
            assert bool(label.values) != bool(label.source), f"{definition.name}: {label.name}"


def test_sets_of_labels_are_the_sets_that_the_code_uses() -> None:
    assert set(models.OUTCOMES) == {outcome.value for outcome in Outcome}
    assert set(CallOutcome) <= set(models.ATTEMPTS.label_set[0].values)
    assert set(Finding) == set(reports.FINDINGS.label_set[0].values)
    assert set(ProcessLoss) == set(documents.PROCESSES_LOST.label_set[0].values)
    assert set(Verdict) == set(webhooks.ATTEMPTS.label_set[0].values)
    assert {RECONCILE_REPORTS, DELIVER_WEBHOOK, RECORD_DELIVERY} <= set(temporal_labels.ACTIVITY_TYPES)
    assert {RECONCILE_REPORTS_WORKFLOW, DELIVER_WEBHOOK_WORKFLOW} <= set(temporal_labels.WORKFLOW_TYPES)


def test_what_happened_was_counted(scraped: list[Scrape]) -> None:
    """The figures that the service level objectives are computed from."""
    by = {scrape.process: scrape for scrape in scraped}
    gateway, intake, metadata = by[Process.GATEWAY], by[Process.INTAKE], by[Process.METADATA]
    llm, dispatcher = by[Process.LLM_WORKER], by[Process.DISPATCHER]
    assert gateway.value("gateway_report_requests_total", outcome="accepted") >= 2
    assert gateway.value("gateway_http_requests_total", route="unmatched", status_class="4xx") >= 1
    assert intake.value("intake_messages_total", outcome="started") >= 2
    assert intake.value("intake_message_age_seconds_count") >= 2
    assert intake.value("bus_stream_messages", stream="REPORT_EVENTS") >= 2
    assert intake.value("task_queue_pollers", task_queue="llm", task_type="activity") >= 1
    assert metadata.value("reports_finished_total", status="COMPLETED", mode="auto") >= 1
    assert metadata.value("reports_failed_total", failure_code="model_not_found") >= 1
    assert metadata.value("report_duration_seconds_count", status="COMPLETED") >= 1
    assert metadata.value("database_pool_connections_max") > 0
    assert llm.value("llm_retries_total", reason="provider_unavailable") >= 1
    assert llm.value("gen_ai_client_token_usage_sum", gen_ai_operation_name="chat") > 0
    assert llm.value("artifact_store_operation_duration_seconds_count", operation="put", outcome="ok") > 0
    assert llm.value("temporal_worker_task_slots_available", worker_type="ActivityWorker") > 0
    assert by[Process.PDF_WORKER].value("pdf_pages_count") >= 1
    assert by[Process.WORKFLOWS].value("report_step_duration_seconds_count", step="llm_call") >= 1
    assert by[Process.WORKFLOWS].value("temporal_workflow_completed_total") >= 1
    assert dispatcher.value("notifier_webhook_first_attempt_delay_seconds_count") >= 2
    assert dispatcher.value("notifier_webhook_attempts_total", verdict="delivered") >= 2
    for process in DOCUMENTED["metrics_probe_up"].exported_by:
        assert {sample.value for sample in by[process].families["metrics_probe_up"].samples} == {1}, process


def test_the_page_is_the_catalogue() -> None:
    assert Path("docs/metrics.md").read_text() == page(), "python -m runtime.metrics.page > docs/metrics.md"


def test_only_the_catalogue_makes_metrics() -> None:
    makers = [
        path
        for folder in (Path("libs"), Path("services"))
        for path in folder.rglob("src/**/*.py")
        if "prometheus_client" in path.read_text() and "metrics" not in path.parent.parts
    ]
    assert makers == []


def test_every_queue_and_every_workflow_is_in_the_catalogue() -> None:
    assert {queue for queue, _ in QUEUES} == set(TaskQueue)
    names = {workflow._Definition.must_from_class(defined).name for defined in WORKFLOWS}  # noqa: SLF001 - no public way
    assert names == set(temporal_labels.REPORT_WORKFLOWS)


def test_what_is_not_in_a_set_becomes_no_series_of_its_own() -> None:
    label = Label("colour", ("red", "green"))
    assert [label.bounded(value) for value in ("red", "blue")] == ["red", "other"]
