"""The life of a report is told from Temporal's history and drawn to scale."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from contracts.reports import ReportStatus
from gateway.life import SCALE, Life
from gateway.reading.timeline import SpanKind, spans_of
from gateway.routes.timeline import Timeline
from orchestrator.metadata import Metadata
from runtime.artifacts import ArtifactStore
from tests.gateway.behind import completed_record
from tests.gateway.ledger import add_call

ASKED = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(seconds: float, number: int, kind: str) -> HistoryEvent:
    """An event of a history, so many seconds after the question."""
    event = HistoryEvent(event_id=number, event_type=EventType.Value(f"EVENT_TYPE_{kind}"))
    event.event_time.FromDatetime(ASKED + timedelta(seconds=seconds))
    return event


def history() -> list[HistoryEvent]:
    """A text written at the second attempt, a day's review, a PDF that goes on."""
    written = at(0, 1, "ACTIVITY_TASK_SCHEDULED")
    written.activity_task_scheduled_event_attributes.activity_type.name = "llm_call"
    begun = at(30, 2, "ACTIVITY_TASK_STARTED")
    begun.activity_task_started_event_attributes.scheduled_event_id = 1
    begun.activity_task_started_event_attributes.attempt = 2
    begun.activity_task_started_event_attributes.last_failure.application_failure_info.type = "rate_limited"
    done = at(40, 3, "ACTIVITY_TASK_COMPLETED")
    done.activity_task_completed_event_attributes.scheduled_event_id = 1
    waits = at(40, 4, "TIMER_STARTED")
    waits.timer_started_event_attributes.timer_id = "1"
    decided = at(90, 5, "WORKFLOW_EXECUTION_UPDATE_ACCEPTED")
    decided.workflow_execution_update_accepted_event_attributes.accepted_request.input.name = (
        "submit_decision"
    )
    over = at(90, 6, "TIMER_CANCELED")
    over.timer_canceled_event_attributes.started_event_id = 4
    rendering = at(90, 7, "ACTIVITY_TASK_SCHEDULED")
    rendering.activity_task_scheduled_event_attributes.activity_type.name = "create_pdf"
    return [written, begun, done, waits, decided, over, rendering]


def test_spans_tell_what_waited_what_ran_and_what_was_tried_again() -> None:
    writing, review, decision, rendering = spans_of(history())
    assert (writing.name, writing.attempts, writing.last_failure) == ("llm_call", 2, "rate_limited")
    assert (writing.started_at, writing.outcome) == (ASKED + timedelta(seconds=30), "completed")
    assert (review.kind, review.finished_at) == (SpanKind.WAIT, ASKED + timedelta(seconds=90))
    assert (decision.kind, decision.name) == (SpanKind.MOMENT, "submit_decision")
    assert (rendering.name, rendering.started_at, rendering.outcome) == ("create_pdf", None, None)


def test_a_life_is_drawn_to_scale() -> None:
    told = Timeline(
        workflow_id="report-1",
        title="Salt",
        prompt="Salt?",
        status=ReportStatus.COMPLETED,
        accepted_at=ASKED,
        finished_at=ASKED + timedelta(seconds=100),
        spans=spans_of(history()[:6]),
        calls=[],
        stored=[],
    )
    life = Life.of(told)
    writing, review, decision = life.stretches
    assert life.took == timedelta(seconds=100)
    assert (writing.x, writing.waits, writing.works) == (0, 0.3 * SCALE, 0.1 * SCALE)
    assert writing.note == "attempt 2, after rate_limited"
    assert (review.x, review.waits, review.works) == (0.4 * SCALE, 0, 0.5 * SCALE)
    assert decision.took is None


@pytest.mark.asyncio(loop_scope="session")
async def test_the_api_tells_calls_and_where_a_report_is_kept(
    http: httpx2.AsyncClient, pool: asyncpg.Pool, metadata: Metadata, artifacts: ArtifactStore
) -> None:
    """A report that Temporal has forgotten still has its row, its calls and its documents."""
    workflow_id = f"report-{uuid4()}"
    await metadata.store_report_metadata(await completed_record(artifacts, workflow_id))
    await add_call(pool, workflow_id, outcome="rate_limited", cost="0")
    await add_call(pool, workflow_id, attempt=2)
    told = (await http.get(f"/api/workflows/{workflow_id}/timeline")).json()
    assert told["spans"] == []
    assert [call["outcome"] for call in told["calls"]] == ["rate_limited", "answered"]
    assert [(thing["place"], thing["name"].rpartition("/")[2]) for thing in told["stored"]] == [
        ("Artifact store", "draft.md"),
        ("Artifact store", "report.pdf"),
        ("PostgreSQL", "reports"),
        ("PostgreSQL", "llm_calls"),
    ]
    assert (await http.get("/api/workflows/report-of-nobody/timeline")).status_code == 404


@pytest.mark.asyncio(loop_scope="session")
async def test_settings_tell_the_model_and_no_secret(http: httpx2.AsyncClient, pool: asyncpg.Pool) -> None:
    await add_call(
        pool, f"report-{uuid4()}", at=datetime.now(UTC) + timedelta(days=1), model="newest", cost=None
    )
    told = (await http.get("/api/settings")).json()
    assert (told["model"]["model"], told["model"]["is_priced"]) == ("newest", False)
    assert told["model"]["provider"] == "api.example.org"
    assert told["limits"]["prompt"] == 16_000
    assert told["review_timeout_seconds"] == 7 * 86_400
    assert told["authentication"] is False
