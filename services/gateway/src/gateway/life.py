"""The life of a report, drawn to scale: where each part of it begins and how long it is."""

from datetime import UTC, datetime, timedelta
from typing import Self

from pydantic import BaseModel

from gateway.reading.ledger import ProviderCall
from gateway.reading.timeline import Span, SpanKind
from gateway.routes.timeline import StoredThing, Timeline

# The drawing is this wide; what is shorter than the least width would not be seen.
SCALE = 1000
LEAST_WIDTH = 4

NAMES = {
    "llm_call": "Writing",
    "review": "Waiting for a decision",
    "create_pdf": "Typesetting",
    "store_report_metadata": "Recording",
    "send_notification": "Announcing",
    "submit_decision": "Decision",
    "decide": "Decision",
    "pause": "Paused",
    "resume": "Resumed",
    "cancel": "Cancelled",
}


class Stretch(BaseModel):
    """One line of the drawing: it waits from `x` for `waits`, then is worked on for `works` (of `SCALE`)."""

    name: str
    note: str
    x: float
    waits: float
    works: float
    waited: timedelta
    took: timedelta | None


class Life(BaseModel):
    """A report's life for its page."""

    workflow_id: str
    title: str
    status: str
    asked_at: datetime
    took: timedelta
    stretches: list[Stretch]
    calls: list[ProviderCall]
    stored: list[StoredThing]

    @classmethod
    def of(cls, told: Timeline) -> Self:
        """Draw what is told."""
        begin = told.accepted_at or min((span.queued_at for span in told.spans), default=datetime.now(UTC))
        ends = [span.finished_at or datetime.now(UTC) for span in told.spans]
        end = max([*ends, told.finished_at or begin])
        length = max(end - begin, timedelta(milliseconds=1))
        return cls(
            workflow_id=told.workflow_id,
            title=told.title or told.prompt or told.workflow_id,
            status=told.status,
            asked_at=begin,
            took=length,
            stretches=[_stretch(span, begin, length) for span in told.spans],
            calls=told.calls,
            stored=told.stored,
        )


def _stretch(span: Span, begin: datetime, length: timedelta) -> Stretch:
    now = datetime.now(UTC)
    finished = span.finished_at or now
    # A step that ended without an attempt, by a time limit or a cancellation, has waited all the time.
    started = span.started_at or finished
    x = min(SCALE * ((span.queued_at - begin) / length), SCALE - LEAST_WIDTH)
    works = max(SCALE * ((finished - started) / length), LEAST_WIDTH)
    return Stretch(
        name=NAMES.get(span.name, span.name),
        note=_note(span),
        x=max(0, x),
        waits=SCALE * ((started - span.queued_at) / length),
        works=min(works, SCALE),
        waited=started - span.queued_at,
        took=None if span.kind is SpanKind.MOMENT else finished - started,
    )


def _note(span: Span) -> str:
    notes = []
    if span.attempts > 1:
        notes.append(f"attempt {span.attempts}, after {span.last_failure or 'a failure'}")
    if span.outcome is None and span.kind is not SpanKind.MOMENT:
        notes.append("goes on")
    elif span.outcome not in {None, "completed"}:
        notes.append(str(span.outcome).replace("_", " "))
    return ", ".join(notes)
