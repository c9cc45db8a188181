"""The life of one report: what was done when, what it took, and where it is kept."""

from datetime import datetime

from litestar import get
from pydantic import BaseModel

from contracts.reports import ReportRecord, ReportStatus
from gateway.errors.refusals import answering
from gateway.openapi import NOT_FOUND, UNAVAILABLE
from gateway.reading.executions import TemporalUnavailableError
from gateway.reading.ledger import Ledger, ProviderCall
from gateway.reading.timeline import Span, Timelines
from gateway.reading.tracker import ReportStateUnknownError, Tracker


class StoredThing(BaseModel):
    """Something that is kept of a report, and where; `name` finds it there."""

    place: str
    what: str
    name: str
    bytes: int | None = None


class Timeline(BaseModel):
    """`spans` is empty once Temporal has forgotten the report (30 days after its end)."""

    workflow_id: str
    title: str | None
    prompt: str | None
    status: ReportStatus
    accepted_at: datetime | None
    finished_at: datetime | None
    spans: list[Span]
    calls: list[ProviderCall]
    stored: list[StoredThing]


@get("/api/workflows/{workflow_id:str}/timeline", responses=NOT_FOUND | UNAVAILABLE, tags=["reports"])
async def timeline(
    report_id: str, tenant_id: str, tracker: Tracker, timelines: Timelines, ledger: Ledger
) -> Timeline:
    """Tell the life of a report: its steps and waits, its calls to the model, and where it is kept."""
    with answering():
        return await read_timeline(tenant_id, report_id, tracker, timelines, ledger)


async def read_timeline(
    tenant_id: str, workflow_id: str, tracker: Tracker, timelines: Timelines, ledger: Ledger
) -> Timeline:
    """Put a report's life together; raises what its sources raise."""
    report = await tracker.find(tenant_id, workflow_id)
    try:
        spans = await timelines.spans(workflow_id)
    except TemporalUnavailableError as error:
        raise ReportStateUnknownError("Temporal") from error
    calls = await ledger.calls(tenant_id, workflow_id)
    return Timeline(
        **report.model_dump(include=set(Timeline.model_fields)),
        spans=spans,
        calls=calls,
        stored=_stored(report.record, calls),
    )


def _stored(record: ReportRecord | None, calls: list[ProviderCall]) -> list[StoredThing]:
    things = []
    if record is not None:
        for what, ref in (("the text", record.draft), ("the PDF", record.pdf)):
            if ref is not None:
                things.append(StoredThing(place="Artifact store", what=what, name=ref.key, bytes=ref.size))
        things.append(StoredThing(place="PostgreSQL", what="the record", name="reports"))
    if calls:
        things.append(
            StoredThing(place="PostgreSQL", what=f"what each of {len(calls)} calls cost", name="llm_calls")
        )
    return things
