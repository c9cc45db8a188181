"""Schedules are kept, shown with their next and last runs, steered and forgotten; a wrong one is refused."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio
from temporalio.client import (
    Client,
    ScheduleIntervalSpec,
    ScheduleSpec,
    ScheduleState,
    WorkflowFailureError,
)
from temporalio.exceptions import CancelledError
from temporalio.worker import Worker

from contracts.failures import Failure, FailureCode
from contracts.reports import ReportStatus
from contracts.schedules import ScheduleDefinition, ScheduledReport, temporal_schedule_id
from contracts.task_queues import TaskQueue
from gateway.scheduling.calendars import next_runs
from gateway.scheduling.description import temporal_schedule
from gateway.scheduling.schedules import Schedules
from orchestrator.metadata import Metadata
from orchestrator.reconciliation.schedule import SCHEDULE_ID, schedule_sweep
from orchestrator.workflows.scheduled_report import ScheduledReportWorkflow
from tests.gateway.behind import a_record
from tests.gateway.standin_workflow import StandInWorkflow
from tests.gateway.test_errors import assert_problem
from tests.workflows.batch_cast import BatchCast

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAILY = {"kind": "daily", "at": "09:00"}


def a_schedule(**fields: object) -> dict[str, object]:
    return {"name": "Morning news", "prompt": "What is new?", "calendar": DAILY, **fields}


async def create(http: httpx2.AsyncClient, **fields: object) -> dict[str, Any]:
    answer = await http.post("/api/schedules", json=a_schedule(**fields))
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == answer.json()["url"]
    created: dict[str, Any] = answer.json()
    return created


async def listed(http: httpx2.AsyncClient) -> dict[str, dict[str, Any]]:
    answer = await http.get("/api/schedules")
    assert answer.status_code == 200, answer.text
    return {schedule["schedule_id"]: schedule for schedule in answer.json()["schedules"]}


async def until_listed(http: httpx2.AsyncClient, schedule_id: str, *, there: bool = True) -> None:
    """Wait for Temporal's list, which is a moment behind; the test's own timeout bounds it."""
    while (schedule_id in await listed(http)) is not there:  # noqa: ASYNC110 - Temporal tells nobody
        await asyncio.sleep(0.05)


@pytest_asyncio.fixture(loop_scope="session")
async def runner(temporal: Client) -> AsyncIterator[BatchCast]:
    """Workers that start a report for each run; the report waits for the end of the test."""
    cast = BatchCast()
    async with (
        Worker(temporal, task_queue=TaskQueue.REPORTS, workflows=[ScheduledReportWorkflow, StandInWorkflow]),
        Worker(temporal, task_queue=TaskQueue.METADATA, activities=cast.activities()),
    ):
        yield cast


async def test_a_schedule_is_shown_with_its_next_runs_in_its_zone(http: httpx2.AsyncClient) -> None:
    created = await create(http, time_zone="Asia/Kolkata", requested_by="ada")
    shown = (await http.get(created["url"])).json()
    assert shown == created
    assert len(shown["next_runs"]) == 5
    for run in shown["next_runs"]:
        assert run["local"].endswith("T09:00:00+05:30")
        assert run["utc"].endswith("T03:30:00Z")
    assert (shown["overlap"], shown["catch_up_seconds"], shown["requested_by"]) == ("skip", 3600, "ada")
    await until_listed(http, created["schedule_id"])


async def test_the_same_key_is_the_same_schedule(http: httpx2.AsyncClient) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first = await http.post("/api/schedules", json=a_schedule(), headers=headers)
    again = await http.post("/api/schedules", json=a_schedule(), headers=headers)
    other = await http.post("/api/schedules", json=a_schedule(name="Other"), headers=headers)
    assert first.json()["schedule_id"] == again.json()["schedule_id"]
    assert_problem(other, 422)


def cron(expression: str) -> dict[str, object]:
    return {"calendar": {"kind": "cron", "expression": expression}}


WRONG: list[tuple[dict[str, object], str, str]] = [
    ({"name": " "}, "name", "empty"),
    ({"prompt": ""}, "prompt", "empty"),
    ({"name": "half a \x00"}, "name", "NUL"),
    ({"time_zone": "Mars/Olympus"}, "time_zone", "Europe/Berlin"),
    ({"time_zone": "localtime"}, "time_zone", "Europe/Berlin"),
    ({"calendar": {"kind": "daily", "at": "25:00"}}, "calendar.daily.at", "09:00"),
    ({"calendar": {"kind": "weekly", "days": [], "at": "09:00"}}, "calendar.weekly.days", "at least 1"),
    ({"calendar": {"kind": "yearly"}}, "calendar", "daily"),
    (cron("9 o'clock"), "calendar.cron.expression", "five fields"),
    (cron("0 25 * * *"), "calendar.cron.expression", "hour"),
    (cron("0 9 L * *"), "calendar.cron.expression", "name the days"),
    (cron("* * * * *"), "calendar.cron.expression", "5 minutes"),
    (cron("0,3 9 * * *"), "calendar.cron.expression", "3 minutes"),
    (cron("59,0 1,2 * * *"), "calendar.cron.expression", "every minute"),
    ({"overlap": "sometimes"}, "overlap", "skip"),
    ({"catch_up_seconds": 1}, "catch_up_seconds", "60"),
    ({"prommpt": "x"}, "prommpt", "no such field"),
]


@pytest.mark.parametrize(("fields", "field", "remedy"), WRONG)
async def test_a_wrong_schedule_is_refused_with_its_field(
    http: httpx2.AsyncClient, fields: dict[str, object], field: str, remedy: str
) -> None:
    body = assert_problem(await http.post("/api/schedules", json=a_schedule(**fields)), 400)
    (error,) = body["errors"]
    assert error["field"] == field
    assert remedy in error["detail"]


async def test_a_schedule_is_changed_in_part(http: httpx2.AsyncClient) -> None:
    created = await create(http, requested_by="ada")
    change = {"calendar": {"kind": "hours", "hours": 6}, "overlap": "allow_all", "requested_by": None}
    changed = (await http.patch(created["url"], json=change)).json()
    assert changed["calendar"] == {"kind": "hours", "hours": 6}
    assert (changed["overlap"], changed["requested_by"], changed["name"]) == (
        "allow_all",
        None,
        "Morning news",
    )
    assert all(run["utc"][11:13] in {"00", "06", "12", "18"} for run in changed["next_runs"])
    assert_problem(await http.patch(created["url"], json={"time_zone": "Nowhere"}), 400)


async def test_a_paused_schedule_says_why_and_has_no_next_runs(http: httpx2.AsyncClient) -> None:
    created = await create(http)
    paused = (await http.post(f"{created['url']}/pause", json={"note": "Holidays"})).json()
    assert (paused["paused"], paused["note"], paused["next_runs"]) == (True, "Holidays", [])
    resumed = (await http.post(f"{created['url']}/resume")).json()
    assert resumed["paused"] is False
    assert resumed["next_runs"]


@pytest.mark.parametrize("what", ["pause", "resume"])
@pytest.mark.parametrize(
    ("sent", "status", "field"), [("json", 400, "(body)"), ("text", 415, "Content-Type")]
)
async def test_a_note_is_json_or_left_out(
    http: httpx2.AsyncClient, what: str, sent: str, status: int, field: str
) -> None:
    headers = {"Content-Type": {"json": "application/json", "text": "text/plain"}[sent]}
    answer = await http.post(f"/api/schedules/any/{what}", content=b"Holidays", headers=headers)
    assert assert_problem(answer, status)["errors"][0]["field"] == field


async def test_a_deleted_schedule_is_gone(http: httpx2.AsyncClient) -> None:
    created = await create(http)
    await until_listed(http, created["schedule_id"])
    assert (await http.delete(created["url"])).status_code == 204
    for answer in (await http.get(created["url"]), await http.delete(created["url"])):
        body = assert_problem(answer, 404)
        assert body["type"].endswith("schedule-not-found")
    await until_listed(http, created["schedule_id"], there=False)


async def test_a_run_now_names_its_report_and_leaves_out_what_overlaps(
    http: httpx2.AsyncClient, runner: BatchCast
) -> None:
    created = await create(http, paused=True)
    started = await http.post(f"{created['url']}/run")
    assert started.status_code == 202, started.text
    report_id = started.json()["workflow_id"]
    (due,) = runner.due
    assert report_id == due.workflow_id
    assert due.scheduled.schedule_id == created["schedule_id"]
    assert (await http.get(started.json()["status_url"])).status_code == 200

    refused = assert_problem(await http.post(f"{created['url']}/run"), 409)
    assert "under way" in refused["title"]
    assert len(runner.due) == 1
    shown = (await http.get(created["url"])).json()
    assert (shown["running"], shown["skipped"]) == (1, 1)


async def test_a_run_may_cancel_the_one_at_work(
    http: httpx2.AsyncClient, temporal: Client, runner: BatchCast
) -> None:
    created = await create(http, paused=True, overlap="cancel_other")
    first = (await http.post(f"{created['url']}/run")).json()["workflow_id"]
    # Two runs within a second are one: a report is named by the second at which it was due.
    await asyncio.sleep(1)
    await http.post(f"{created['url']}/run")
    with pytest.raises(WorkflowFailureError) as raised:
        await temporal.get_workflow_handle(first).result()
    assert isinstance(raised.value.cause, CancelledError)
    while len(runner.due) < 2:  # noqa: ASYNC110 - as in `until_listed`
        await asyncio.sleep(0.05)
    assert runner.due[1].workflow_id != first


async def test_a_schedule_starts_its_runs_by_itself(temporal: Client, runner: BatchCast) -> None:
    """Every second instead of every day; what is due while a run is at work is left out."""
    definition = ScheduleDefinition.model_validate(a_schedule(requested_by="ada"))
    scheduled = ScheduledReport(schedule_id=uuid4().hex, definition=definition)
    schedule = temporal_schedule(scheduled, ScheduleState())
    schedule.spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(seconds=1))])
    temporal_id = temporal_schedule_id("default", scheduled.schedule_id)
    handle = await temporal.create_schedule(temporal_id, schedule)
    info = (await handle.describe()).info
    while not (runner.due and info.num_actions_skipped_overlap):
        await asyncio.sleep(0.05)
        info = (await handle.describe()).info
    await handle.delete()
    (due,) = runner.due
    assert info.num_actions == 1
    assert due.due_at == info.recent_actions[0].scheduled_at
    assert due.scheduled == scheduled
    # The run and its report take turns under the name of who asked.
    for workflow_id in (f"{temporal_id}-{due.due_at:%Y-%m-%dT%H:%M:%SZ}", due.workflow_id):
        described = await temporal.get_workflow_handle(workflow_id).describe()
        priority = described.raw_description.workflow_execution_info.priority
        assert priority.fairness_key == "default/ada"


async def test_the_last_runs_are_linked_and_a_failed_one_is_told(
    http: httpx2.AsyncClient, metadata: Metadata
) -> None:
    created = await create(http)
    begun = datetime.now(UTC) - timedelta(days=7)
    failure = Failure(code=FailureCode.MODEL_NOT_FOUND, message="No such model.")
    for number in range(7):
        record = a_record(
            f"report-{created['schedule_id']}-{number}",
            ReportStatus.FAILED if number == 6 else ReportStatus.COMPLETED,
            schedule_id=created["schedule_id"],
            failure=failure if number == 6 else None,
            accepted_at=begun + timedelta(days=number),
        )
        await metadata.store_report_metadata(record)
    shown = (await http.get(created["url"])).json()
    assert [run["workflow_id"][-1] for run in shown["last_runs"]] == ["6", "5", "4", "3", "2"]
    assert shown["last_run_failed"] is True
    assert shown["last_runs"][0]["failure"]["message"] == "No such model."


async def test_others_schedules_and_the_systems_own_are_not_shown(
    http: httpx2.AsyncClient, temporal: Client
) -> None:
    await schedule_sweep(temporal)
    definition = ScheduleDefinition.model_validate(a_schedule())
    theirs = ScheduledReport(schedule_id=uuid4().hex, tenant_id="default-2", definition=definition)
    schedules = Schedules(temporal)
    await schedules.create(theirs, paused=True, note="")
    mine = await create(http)
    await until_listed(http, mine["schedule_id"])
    while not await schedules.all("default-2"):  # noqa: ASYNC110 - as in `until_listed`
        await asyncio.sleep(0.05)
    shown = await listed(http)
    assert theirs.schedule_id not in shown
    assert SCHEDULE_ID not in shown
    for schedule_id in (theirs.schedule_id, SCHEDULE_ID, "default-2:x", "x" * 500):
        assert_problem(await http.get(f"/api/schedules/{schedule_id}"), 404)
    await temporal.get_schedule_handle(temporal_schedule_id("default-2", theirs.schedule_id)).delete()
    await temporal.get_schedule_handle(SCHEDULE_ID).delete()


CALENDARS: list[dict[str, object]] = [
    {"kind": "hours", "hours": 5},
    {"kind": "daily", "at": "02:30"},
    {"kind": "weekly", "days": ["sun", "mon"], "at": "23:45"},
    {"kind": "monthly", "day": 31, "at": "00:00"},
    {"kind": "cron", "expression": "*/30 9-17 * * mon-fri"},
    {"kind": "cron", "expression": "15 6 13 * fri"},
    {"kind": "cron", "expression": "0 12 */2 3,11 *"},
]


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: "-".join(map(str, calendar.values())))
@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe"])
async def test_the_preview_is_what_temporal_will_do(
    http: httpx2.AsyncClient, calendar: dict[str, object], zone: str
) -> None:
    """As of now; the runs of a schedule that is kept come from Temporal itself."""
    preview = await http.post("/api/schedules/preview", json={"calendar": calendar, "time_zone": zone})
    kept = await create(http, calendar=calendar, time_zone=zone)
    assert preview.json()["next_runs"] == kept["next_runs"]
    await http.delete(kept["url"])


async def test_a_time_that_the_clock_skips_or_repeats_is_due_once_at_most() -> None:
    definition = ScheduleDefinition.model_validate(a_schedule(calendar={"kind": "daily", "at": "02:30"}))
    spring = next_runs(definition.calendar, "Europe/Berlin", datetime(2027, 3, 27, 12, tzinfo=UTC))
    assert next(spring) == datetime(2027, 3, 29, 0, 30, tzinfo=UTC)
    autumn = next_runs(definition.calendar, "Europe/Berlin", datetime(2027, 10, 30, 12, tzinfo=UTC))
    assert next(autumn) == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    assert next(autumn) == datetime(2027, 11, 1, 1, 30, tzinfo=UTC)
