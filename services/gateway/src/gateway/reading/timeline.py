"""The life of a report as Temporal's history tells it: what waited, what ran, what was tried again."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import BaseModel
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from gateway.reading.executions import QUERY_TIMEOUT, NoOpenExecutionError, bounded

MAX_EVENTS = 2_000


class SpanKind(StrEnum):
    """A step that a worker does, or a wait for somebody's decision."""

    STEP = "step"
    WAIT = "wait"
    MOMENT = "moment"


class Span(BaseModel):
    """A part of a report's life; `started_at` is null while no attempt of a step has ended.

    A step is queued, then started (its last attempt; earlier ones failed), then finished. `outcome` is null
    while it goes on.
    """

    kind: SpanKind
    name: str
    note: str = ""
    queued_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    attempts: int = 1
    outcome: str | None = None
    last_failure: str | None = None


class Timelines:
    """Histories of workflows; Temporal keeps them for some time after the end."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def spans(self, workflow_id: str) -> list[Span]:
        """Give a report's spans in the order in which they began; none when the history is gone.

        Raises:
            TemporalUnavailableError: Temporal does not answer.

        """
        events: list[HistoryEvent] = []
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            async with bounded(2 * QUERY_TIMEOUT):
                async for event in handle.fetch_history_events(rpc_timeout=QUERY_TIMEOUT):
                    events.append(event)
                    if len(events) == MAX_EVENTS:
                        break
        except NoOpenExecutionError:
            return []
        return spans_of(events)


def spans_of(events: Iterable[HistoryEvent]) -> list[Span]:
    """Read spans from a history."""
    reading = _Reading()
    for event in events:
        reading.take(event)
    return reading.spans


class _Reading:
    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._steps: dict[int, Span] = {}
        self._timers: dict[int, Span] = {}

    def take(self, event: HistoryEvent) -> None:
        at = event.event_time.ToDatetime(UTC)
        match event.event_type:
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                name = event.activity_task_scheduled_event_attributes.activity_type.name
                self._steps[event.event_id] = self._add(SpanKind.STEP, name, at)
            case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
                self._start(event, at)
            case EventType.EVENT_TYPE_TIMER_STARTED:
                self._timers[event.event_id] = self._add(SpanKind.WAIT, "review", at)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
                update = event.workflow_execution_update_accepted_event_attributes
                self._add(SpanKind.MOMENT, update.accepted_request.input.name, at)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
                self._add(SpanKind.MOMENT, event.workflow_execution_signaled_event_attributes.signal_name, at)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
                self._add(SpanKind.MOMENT, "cancel", at)
            case _:
                self._end(event, at)

    def _add(self, kind: SpanKind, name: str, at: datetime) -> Span:
        span = Span(kind=kind, name=name, queued_at=at)
        if kind is not SpanKind.STEP:
            span.started_at = at
        if kind is SpanKind.MOMENT:
            span.finished_at = at
        self.spans.append(span)
        return span

    def _start(self, event: HistoryEvent, at: datetime) -> None:
        started = event.activity_task_started_event_attributes
        span = self._steps[started.scheduled_event_id]
        span.started_at, span.attempts = at, started.attempt
        if started.HasField("last_failure"):
            span.last_failure = started.last_failure.application_failure_info.type or "timeout"

    def _end(self, event: HistoryEvent, at: datetime) -> None:
        kind = event.WhichOneof("attributes") or ""
        if kind in _STEP_ENDS:
            span = self._steps.get(getattr(event, kind).scheduled_event_id)
            self._close(span, at, _STEP_ENDS[kind])
        elif kind in _TIMER_ENDS:
            self._close(self._timers.get(getattr(event, kind).started_event_id), at, _TIMER_ENDS[kind])

    @staticmethod
    def _close(span: Span | None, at: datetime, outcome: str) -> None:
        if span is not None:
            span.finished_at, span.outcome = at, outcome


_STEP_ENDS = {
    "activity_task_completed_event_attributes": "completed",
    "activity_task_failed_event_attributes": "failed",
    "activity_task_timed_out_event_attributes": "timed_out",
    "activity_task_canceled_event_attributes": "cancelled",
}
# One that fires is the time of the reminder, or of the end that the report itself tells.
_TIMER_ENDS = {
    "timer_fired_event_attributes": "completed",
    "timer_canceled_event_attributes": "completed",
}
