"""The operator's view: everything that waits, works and fails, and what is silent does not hide the rest."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

import httpx2
import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from contracts.dead_letters import DeadLetter
from contracts.failures import Failure, FailureCode, RejectionReason
from contracts.reports import ReportStatus
from contracts.subjects import DEAD_LETTERS_STREAM, REQUESTS_STREAM, dead_letter
from contracts.task_queues import TaskQueue
from gateway.components import Component, Components, Health
from gateway.operations import Operations
from gateway.reading import sweeps
from gateway.reading.alerts import Alerts
from orchestrator.metadata import Metadata
from orchestrator.reconciliation import schedule
from orchestrator.reconciliation.findings import Finding, SweepReport
from runtime.bus import Bus
from tests.gateway.behind import a_record
from tests.gateway.standin_server import StandIn, standing_in

pytestmark = pytest.mark.asyncio(loop_scope="session")

VIEW = "/api/operations"


async def look(http: httpx2.AsyncClient) -> dict[str, Any]:
    answer = await http.get(VIEW)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def views(http: httpx2.AsyncClient) -> AsyncIterator[dict[str, Any]]:
    """Give the views that are pushed."""
    async with http.stream("GET", f"{VIEW}/events", timeout=30) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        async for line in response.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "data":
                yield json.loads(value)


@activity.defn(name="create_pdf")
async def stand_in() -> None:
    """Play a worker of the queue."""


async def test_a_worker_that_begins_to_ask_is_pushed_with_its_process(
    http: httpx2.AsyncClient, temporal: Client
) -> None:
    identity = f"4711@{uuid4().hex}"
    async with Worker(temporal, task_queue=TaskQueue.PDF, activities=[stand_in], identity=identity):
        async for view in views(http):
            workers = [worker for worker in view["tasks"]["workers"] if worker["identity"] == identity]
            if workers and view["components"]["pdf_worker"]["ok"]:
                break
    assert workers[0]["queue"] == "pdf (activity)"
    queues = {queue["queue"]: queue for queue in view["tasks"]["queues"]}
    assert queues["pdf (activity)"]["workers"] >= 1
    assert view["components"]["postgresql"] == {"ok": True, "detail": "", "processes": None, "waiting": None}


async def test_tasks_that_nobody_takes_are_a_backlog(http: httpx2.AsyncClient, temporal: Client) -> None:
    handle = await temporal.start_workflow("Nobody", id=f"nobody-{uuid4()}", task_queue=TaskQueue.WEBHOOKS)
    async for view in views(http):
        queues = {queue["queue"]: queue for queue in view["tasks"]["queues"]}
        if queues["webhooks (workflow)"]["backlog"]:
            break
    assert queues["webhooks (workflow)"]["workers"] == 0
    await handle.terminate()


async def test_streams_consumers_and_the_newest_dead_letters(
    http: httpx2.AsyncClient, connection: Bus
) -> None:
    before = (await look(http))["messages"]
    details = [f"{number} {uuid4()}" for number in range(6)]
    for detail in details:
        letter = DeadLetter(
            subject="reports.v1.request.test.1",
            stream=REQUESTS_STREAM,
            stream_sequence=1,
            deliveries=1,
            reason=RejectionReason.NOT_JSON,
            detail=detail,
            headers={},
            payload_base64="",
            failed_at=datetime.now(UTC),
        )
        await connection.publish(dead_letter("request", "test"), letter, message_id=detail)
    numbers = [letter["number"] for letter in (await look(http))["messages"]["last_letters"]]
    await connection.jetstream.delete_msg(DEAD_LETTERS_STREAM, numbers[0])

    messages = (await look(http))["messages"]
    assert messages["dead_letters"] == before["dead_letters"] + 5
    assert [letter["detail"] for letter in messages["last_letters"]] == details[-2::-1]
    assert messages["last_letters"][0]["number"] == numbers[1]
    streams = {stream["name"]: stream for stream in messages["streams"]}
    assert streams[DEAD_LETTERS_STREAM]["messages"] == messages["dead_letters"]
    assert {consumer["name"] for consumer in messages["consumers"]} == {
        "orchestrator-intake",
        "orchestrator-batches",
        "notifier-dispatcher",
    }


async def test_what_came_and_failed_of_late(
    http: httpx2.AsyncClient, metadata: Metadata, workflow_id: str
) -> None:
    before = (await look(http))["reports"]["throughput"]
    failure = Failure(code=FailureCode.PROVIDER_UNAVAILABLE, message="The provider was away.")
    record = a_record(
        workflow_id,
        ReportStatus.FAILED,
        failure=failure,
        finished_at=datetime.now(UTC),
        cost_usd="0.25",
        tenant_id="another",
    )
    await metadata.store_report_metadata(record)

    reports = (await look(http))["reports"]
    assert [span["last"] for span in reports["throughput"]] == ["5 minutes", "hour", "day"]
    # What other tests wrote leaves the shorter spans while this one looks.
    day, earlier = reports["throughput"][-1], before[-1]
    assert day["failed"] == earlier["failed"] + 1
    assert day["accepted"] == earlier["accepted"] + 1
    assert day["completed"] == earlier["completed"]
    assert float(day["cost_usd"]) == pytest.approx(float(earlier["cost_usd"] or 0) + 0.25)
    failed = next(each for each in reports["failures"] if each["workflow_id"] == workflow_id)
    assert failed == {
        "workflow_id": workflow_id,
        "name": record.prompt,
        "code": "provider_unavailable",
        "message": "The provider was away.",
        "finished_at": failed["finished_at"],
    }


async def test_a_silent_source_does_not_hide_the_others() -> None:
    class Well:
        async def look(self) -> Health:
            return Health(ok=True, components={"gateway": Component(ok=True)})

    async def fails() -> None:
        raise ConnectionError("no route")

    async def hangs() -> None:
        await asyncio.Event().wait()

    swept = sweeps.Sweep(
        began_at=datetime.now(UTC), found=[sweeps.Found(finding="row_without_ending", times=2)]
    )

    async def answers() -> sweeps.Sweep:
        return swept

    sources = {"messages": fails, "reports": hangs, "sweep": answers}
    operations = Operations(cast("Components", Well()), sources, has_dashboards=False)
    view = await operations.look()
    assert view.silent == {"messages": "no route", "reports": "TimeoutError"}
    assert (view.messages, view.reports) == (None, None)
    assert view.sweep == swept
    assert view.components["gateway"].ok


async def test_the_sweep_is_the_orchestrators() -> None:
    assert sweeps.SCHEDULE_ID == schedule.SCHEDULE_ID
    told = SweepReport(found={Finding.ROW_WITHOUT_ENDING: 3}).model_dump_json()
    assert sweeps.SweepResult.model_validate_json(told).found == {"row_without_ending": 3}


async def test_alerts_that_fire_those_first_that_wake_somebody() -> None:
    def raised(name: str, severity: str, state: str, since: str) -> dict[str, Any]:
        labels = {"alertname": name, "severity": severity}
        annotations = {"summary": f"{name}.", "description": "So much."}
        return {"labels": labels, "annotations": annotations, "state": state, "activeAt": since, "value": "1"}

    alerts = [
        raised("DeadLetters", "ticket", "firing", "2026-11-22T01:00:00Z"),
        raised("NoPollers", "page", "firing", "2026-11-22T02:00:00Z"),
        raised("ReportsStuck", "page", "pending", "2026-11-22T00:00:00Z"),
    ]
    body = json.dumps({"status": "success", "data": {"alerts": alerts}}).encode()
    async with standing_in(StandIn(body=body)) as upstream, httpx2.AsyncClient(trust_env=False) as client:
        found = await Alerts(client, f"{upstream.url}/").look()
    assert upstream.requests[0].path == "/api/v1/alerts"
    assert [alert.name for alert in found] == ["NoPollers", "DeadLetters"]
    assert found[0].summary == "NoPollers."
