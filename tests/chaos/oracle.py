"""Says what a run lost, did twice, got wrong or cannot account for; knows nothing of the services' code."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tests.chaos.record import Asked, Record

COMPLETED = "COMPLETED"
COMPLETION_EVENT = "report.completed"


class Kind(StrEnum):
    """How the record departs from the promise."""

    LOST = "lost"
    DUPLICATED = "duplicated"
    WRONG = "wrong"
    UNACCOUNTED = "unaccounted"


@dataclass(frozen=True)
class Finding:
    """One departure; `about` is a report's workflow id, or the name of what it concerns."""

    kind: Kind
    about: str
    detail: str


def judge(record: Record) -> list[Finding]:
    """Compare a record with the promise; an empty list means that it was kept."""
    findings = [finding for asked in record.asked for finding in _judge_report(asked, record)]
    return [*findings, *_strangers(record), *_left_over(record), *_dead_letters(record)]


def _judge_report(asked: Asked, record: Record) -> Iterator[Finding]:
    yield from _execution(asked, record)
    yield from _row_and_pdf(asked, record)
    yield from _completion_event(asked, record)
    yield from _webhook(asked, record)
    yield from _bill(asked, record)


def _exactly_one(about: str, what: str, count: int) -> Iterator[Finding]:
    if count == 0:
        yield Finding(Kind.LOST, about, f"no {what}")
    elif count > 1:
        yield Finding(Kind.DUPLICATED, about, f"{count} times {what}")


def _execution(asked: Asked, record: Record) -> Iterator[Finding]:
    found = [run for run in record.executions if run.workflow_id == asked.workflow_id]
    yield from _exactly_one(asked.workflow_id, "workflow execution", len(found))
    for run in found:
        if run.status != COMPLETED:
            yield Finding(Kind.WRONG, asked.workflow_id, f"the workflow is {run.status}")


def _row_and_pdf(asked: Asked, record: Record) -> Iterator[Finding]:
    rows = [row for row in record.rows if row.workflow_id == asked.workflow_id]
    pdfs = [pdf for pdf in record.pdfs if pdf.workflow_id == asked.workflow_id]
    yield from _exactly_one(asked.workflow_id, "row", len(rows))
    yield from _exactly_one(asked.workflow_id, "PDF", len(pdfs))
    for row in rows:
        if row.status != COMPLETED:
            yield Finding(Kind.WRONG, asked.workflow_id, f"the row says {row.status}")
        for pdf in pdfs:
            if row.pdf_sha256 != pdf.sha256:
                yield Finding(Kind.WRONG, asked.workflow_id, f"{pdf.key} is not the PDF that the row names")


def _completion_event(asked: Asked, record: Record) -> Iterator[Finding]:
    found = [
        event.event_id
        for event in record.events
        if event.workflow_id == asked.workflow_id and event.type == COMPLETION_EVENT
    ]
    yield from _exactly_one(asked.workflow_id, "distinct completion event", len(set(found)))
    if len(found) - len(set(found)) > asked.repeated_events:
        detail = f"one completion event stands on the stream {len(found)} times"
        yield Finding(Kind.DUPLICATED, asked.workflow_id, detail)


def _webhook(asked: Asked, record: Record) -> Iterator[Finding]:
    found = [
        hook
        for hook in record.webhooks
        if hook.workflow_id == asked.workflow_id and hook.type == COMPLETION_EVENT
    ]
    valid = {hook.webhook_id for hook in found if hook.valid}
    yield from _exactly_one(asked.workflow_id, "distinct valid webhook id", len(valid))
    for hook in found:
        if not hook.valid:
            yield Finding(Kind.WRONG, asked.workflow_id, "a webhook whose signature does not verify")


def _bill(asked: Asked, record: Record) -> Iterator[Finding]:
    billed = sum(asked.prompt in call.prompt for call in record.calls)
    allowed = asked.revisions + asked.lost_answers + (0 if asked.reattaches else asked.paid_faults)
    if billed < asked.revisions:
        detail = f"{billed} billed calls for {asked.revisions} drafts: one was written by nobody"
        yield Finding(Kind.LOST, asked.workflow_id, detail)
    elif billed > allowed:
        yield Finding(Kind.DUPLICATED, asked.workflow_id, f"{billed} billed calls, {allowed} explained")


def _strangers(record: Record) -> Iterator[Finding]:
    known = {asked.workflow_id for asked in record.asked}
    seen = {
        "workflow": [run.workflow_id for run in record.executions],
        "row": [row.workflow_id for row in record.rows],
        "PDF": [pdf.workflow_id for pdf in record.pdfs],
        "event": [event.workflow_id for event in record.events],
        "webhook": [hook.workflow_id for hook in record.webhooks],
    }
    for what, workflow_ids in seen.items():
        for workflow_id in sorted(set(workflow_ids) - known):
            yield Finding(Kind.UNACCOUNTED, workflow_id, f"a {what} of a report that nobody asked for")
    for call in record.calls:
        if not any(asked.prompt in call.prompt for asked in record.asked):
            yield Finding(Kind.UNACCOUNTED, "model", f"a call that nobody asked for: {call.prompt[-80:]!r}")


def _left_over(record: Record) -> Iterator[Finding]:
    for consumer in record.consumers:
        if consumer.pending or consumer.unacknowledged:
            detail = f"{consumer.pending} pending, {consumer.unacknowledged} unacknowledged"
            yield Finding(Kind.UNACCOUNTED, consumer.name, detail)
    if record.open_workflows:
        yield Finding(Kind.UNACCOUNTED, "Temporal", f"{record.open_workflows} workflows still open")


def _dead_letters(record: Record) -> Iterator[Finding]:
    sent, kept = Counter(record.poison), Counter(record.dead_letters)
    for payload, count in (sent - kept).items():
        yield Finding(Kind.LOST, "dead letters", f"{count} times poison that is not there: {payload[:60]!r}")
    for payload, count in (kept - sent).items():
        kind = Kind.DUPLICATED if payload in sent else Kind.UNACCOUNTED
        yield Finding(kind, "dead letters", f"{count} times more than was sent: {payload[:60]!r}")
