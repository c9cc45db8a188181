"""No panel and no rule without data: all of them are asked of a Prometheus that watches a working stack."""

import asyncio
import math
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from gateway.reading.sweeps import SCHEDULE_ID
from local_stack.ports import HOST
from runtime import bus, durable
from runtime.bus import BusSettings
from runtime.durable import TemporalSettings
from tests.e2e.reports import ask, ending
from tests.llm_simulator import Behaviour, Fault, SimulatorClient
from tests.monitoring.prometheus import Prometheus, configuration, free_port, targets
from tests.monitoring.queries import RULES, panel_queries, recorded
from tests.notifier.receiver import Answer, Receiver
from tests.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="module")

# What has no data here, and why.
WITHOUT_DATA = {
    "servers: NATS connections (A)": "NATS' exporter is no Python or Debian package",
    "servers: NATS connections (B)": "NATS' exporter is no Python or Debian package",
}


@contextmanager
def postgres_exporter(stack: RunningStack) -> Iterator[int]:
    """Run PostgreSQL's exporter beside the stack; gives its port."""
    (process,) = stack.processes("orchestrator", "metadata")
    url = process.environ()["DATABASE_URL"]
    port = free_port()
    exporter = subprocess.Popen(
        ["prometheus-postgres-exporter", f"--web.listen-address={HOST}:{port}"],  # noqa: S607 - from the PATH
        env={"DATA_SOURCE_NAME": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield port
    finally:
        exporter.terminate()
        exporter.wait()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def prometheus(
    stack: RunningStack, simulator_origin: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Prometheus]:
    """A Prometheus that has watched the stack do everything, twice."""
    folder: Path = tmp_path_factory.mktemp("prometheus")
    with postgres_exporter(stack) as exporter_port:
        jobs = targets(stack.ports) | {"postgres": exporter_port}
        server = Prometheus(folder, configuration(jobs, RULES))
        await server.start()
        try:
            await server.every_target_is_up(len(jobs))
            for round_number in range(2):
                await everything_happens(stack, simulator_origin, round_number)
                await server.scraped_since_now()
            yield server
        finally:
            await server.stop()


async def everything_happens(stack: RunningStack, simulator_origin: str, round_number: int) -> None:
    """Reports that succeed, are tried again and fail, a webhook, a dead letter, a sweep."""
    async with (
        httpx2.AsyncClient(base_url=stack.gateway_url, timeout=30, trust_env=False) as http,
        SimulatorClient(simulator_origin) as simulator,
    ):
        with Receiver() as receiver:
            await reports_are_asked_for(http, simulator, receiver, round_number)
        await simulator.reset()
    async with bus.connect(BusSettings(nats_url=stack.nats_url), name="test") as connection:
        await connection.jetstream.publish(f"reports.v1.request.test.{round_number}", b"not JSON")
    temporal = await durable.connect(TemporalSettings(temporal_address=stack.temporal_address))
    await temporal.get_schedule_handle(SCHEDULE_ID).trigger()


async def reports_are_asked_for(
    http: httpx2.AsyncClient, simulator: SimulatorClient, receiver: Receiver, round_number: int
) -> None:
    """One after the other and side by side, with an endpoint that wants to be asked twice."""
    path = f"/round-{round_number}"
    endpoint = (await http.post("/api/webhooks", json={"url": receiver.url(path)})).json()
    receiver.will_answer(path, Answer(status=500))
    await simulator.script(Behaviour(fault=Fault.STATUS, status=500), prompt_contains="tried again")
    await simulator.script(Behaviour(fault=Fault.STATUS, status=404), prompt_contains="fails")
    prompts = ["A report to be measured", "One that is tried again", "One that fails"]
    ids = [await ask(http, prompt) for prompt in prompts]
    endings = await asyncio.gather(*(ending(http, workflow_id) for workflow_id in ids))
    assert sorted(event.event for event in endings) == ["completed", "completed", "failed"]
    await receiver.wait_for(path, 4)
    assert (await http.delete(f"/api/webhooks/{endpoint['endpoint_id']}")).is_success


async def test_every_panels_query_has_data(prometheus: Prometheus) -> None:
    queries = {query.place: query.expression for query in panel_queries()}
    assert set(WITHOUT_DATA) <= set(queries)
    empty = []
    for place, expression in queries.items():
        values = [series.value for series in await prometheus.query(expression)]
        has_data = any(not math.isnan(value) for value in values)
        if has_data == (place in WITHOUT_DATA):
            empty.append(f"{place}: {expression}: {values}")
    assert empty == []


async def test_every_recording_rule_has_data(prometheus: Prometheus) -> None:
    empty = []
    for name in recorded():
        values = [series.value for series in await prometheus.query(name)]
        if not any(not math.isnan(value) for value in values):
            empty.append(f"{name}: {values}")
    assert empty == []


async def test_every_rule_can_be_evaluated(prometheus: Prometheus) -> None:
    rules = await prometheus.rules()
    assert len(rules) > len(recorded())
    assert [rule["name"] for rule in rules if rule["health"] != "ok"] == []


async def test_what_is_counted_is_what_happened(prometheus: Prometheus) -> None:
    """The figures that objectives are computed from, after two rounds of three reports."""
    (accepted,) = await prometheus.query(
        'sum(increase(gateway_report_requests_total{outcome="accepted"}[10m])) > 5'
    )
    assert accepted.value > 5
    (errors,) = await prometheus.query("slo:report_accept_errors:ratio_rate5m")
    assert errors.value == 0
    (late,) = await prometheus.query("slo:report_finish_errors:ratio_rate5m")
    assert 0.2 < late.value < 0.5, "a third of the reports failed"
    assert (await prometheus.query('ALERTS{alertname="ProviderRejectsUs"}')) != []
    assert (await prometheus.query("bus:dead_letters:max"))[0].value >= 2
