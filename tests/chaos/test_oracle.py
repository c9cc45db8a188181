"""The oracle finds what is broken: a verdict of "nothing lost" is worth only as much as this."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.chaos.oracle import Kind, judge
from tests.chaos.record import (
    Asked,
    BilledCall,
    Consumer,
    Event,
    Execution,
    Record,
    Row,
    StoredPdf,
    Webhook,
)

ONE, TWO = "report-1", "report-2"


def kept_promise() -> Record:
    """Two reports that went as they should: one plain, one whose call was made twice for a good reason."""
    reports = [(ONE, "first question"), (TWO, "second question")]
    return Record(
        asked=[Asked(ONE, "first question"), Asked(TWO, "second question", paid_faults=1)],
        executions=[Execution(report, "COMPLETED") for report, _ in reports],
        rows=[Row(report, "COMPLETED", f"sha of {report}") for report, _ in reports],
        pdfs=[StoredPdf(report, f"{report}.pdf", f"sha of {report}") for report, _ in reports],
        events=[Event(f"{report}.completed", "report.completed", report) for report, _ in reports],
        webhooks=[
            Webhook(f"{report}:completed", "report.completed", report, valid=True) for report, _ in reports
        ],
        calls=[BilledCall(prompt, "answered") for _, prompt in [*reports, reports[1]]],
        consumers=[Consumer("intake", 0, 0)],
        poison=[b"not json"],
        dead_letters=[b"not json"],
    )


def test_a_kept_promise_has_no_findings() -> None:
    assert judge(kept_promise()) == []


def test_a_webhook_that_came_again_under_its_id_is_as_promised() -> None:
    record = kept_promise()
    assert judge(replace(record, webhooks=[*record.webhooks, record.webhooks[0]])) == []


def test_a_call_made_again_is_not_excused_where_it_could_be_taken_up() -> None:
    record = kept_promise()
    asked = [record.asked[0], replace(record.asked[1], reattaches=True)]
    assert [finding.kind for finding in judge(replace(record, asked=asked))] == [Kind.DUPLICATED]


Breaking = Callable[[Record], Record]

BROKEN: dict[str, tuple[Breaking, Kind]] = {
    "no execution": (lambda r: replace(r, executions=r.executions[1:]), Kind.LOST),
    "two executions": (lambda r: replace(r, executions=[*r.executions, r.executions[0]]), Kind.DUPLICATED),
    "failed execution": (
        lambda r: replace(r, executions=[Execution(ONE, "FAILED"), r.executions[1]]),
        Kind.WRONG,
    ),
    "no row": (lambda r: replace(r, rows=r.rows[1:]), Kind.LOST),
    "row without an ending": (
        lambda r: replace(r, rows=[replace(r.rows[0], status="RUNNING"), r.rows[1]]),
        Kind.WRONG,
    ),
    "no PDF": (lambda r: replace(r, pdfs=r.pdfs[1:]), Kind.LOST),
    "two PDFs": (lambda r: replace(r, pdfs=[*r.pdfs, replace(r.pdfs[0], key="r2")]), Kind.DUPLICATED),
    "another PDF than the row's": (
        lambda r: replace(r, pdfs=[replace(r.pdfs[0], sha256="0"), r.pdfs[1]]),
        Kind.WRONG,
    ),
    "no completion event": (lambda r: replace(r, events=r.events[1:]), Kind.LOST),
    "two completion events": (
        lambda r: replace(r, events=[*r.events, replace(r.events[0], event_id="another")]),
        Kind.DUPLICATED,
    ),
    "one event stored twice": (lambda r: replace(r, events=[*r.events, r.events[0]]), Kind.DUPLICATED),
    "no webhook": (lambda r: replace(r, webhooks=r.webhooks[1:]), Kind.LOST),
    "two webhook ids": (
        lambda r: replace(r, webhooks=[*r.webhooks, replace(r.webhooks[0], webhook_id="another")]),
        Kind.DUPLICATED,
    ),
    "a webhook with a bad signature": (
        lambda r: replace(r, webhooks=[*r.webhooks, replace(r.webhooks[0], valid=False)]),
        Kind.WRONG,
    ),
    "a call paid twice without a fault": (
        lambda r: replace(r, calls=[*r.calls, r.calls[0]]),
        Kind.DUPLICATED,
    ),
    "a report that nobody was paid for": (lambda r: replace(r, calls=r.calls[1:]), Kind.LOST),
    "a call that nobody asked for": (
        lambda r: replace(r, calls=[*r.calls, BilledCall("third question", "answered")]),
        Kind.UNACCOUNTED,
    ),
    "a workflow that nobody asked for": (
        lambda r: replace(r, executions=[*r.executions, Execution("report-3", "COMPLETED")]),
        Kind.UNACCOUNTED,
    ),
    "a message never read": (lambda r: replace(r, consumers=[Consumer("intake", 1, 0)]), Kind.UNACCOUNTED),
    "a message never acknowledged": (
        lambda r: replace(r, consumers=[Consumer("intake", 0, 1)]),
        Kind.UNACCOUNTED,
    ),
    "a workflow that never ended": (lambda r: replace(r, open_workflows=1), Kind.UNACCOUNTED),
    "poison that vanished": (lambda r: replace(r, dead_letters=[]), Kind.LOST),
    "poison kept twice": (lambda r: replace(r, dead_letters=r.dead_letters * 2), Kind.DUPLICATED),
    "a dead letter that was no poison": (
        lambda r: replace(r, dead_letters=[*r.dead_letters, b"a good message"]),
        Kind.UNACCOUNTED,
    ),
}


@pytest.mark.parametrize(("breaking", "kind"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_found_and_nothing_else(breaking: Breaking, kind: Kind) -> None:
    assert [finding.kind for finding in judge(breaking(kept_promise()))] == [kind]
