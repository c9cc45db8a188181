"""A decision counts for the draft that a person has seen, and the first one counts."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from contracts.events import ReportCompleted, ReportDraftReady, ReportFailed, ReportReviewReminder
from contracts.failures import FailureCode
from contracts.reports import ReportMode, ReportProgress, ReportStatus
from contracts.workflows import (
    DECIDE_SIGNAL,
    NOT_WAITING_FOR_REVIEW,
    REVIEW_TIMEOUT,
    REVISIONS_EXHAUSTED,
    STALE_REVISION,
    SUBMIT_DECISION_UPDATE,
    Decision,
    DecisionKind,
)
from orchestrator import policies
from tests.workflows.stage import Handle, TimeSkippingStage


async def decide(handle: Handle, revision: int, kind: DecisionKind, instructions: str = "") -> None:
    decision = Decision(revision=revision, decision=kind, instructions=instructions)
    await handle.execute_update(SUBMIT_DECISION_UPDATE, decision, result_type=ReportProgress)


async def refusal(handle: Handle, revision: int, kind: DecisionKind = DecisionKind.APPROVE) -> str | None:
    with pytest.raises(WorkflowUpdateFailedError) as raised:
        await decide(handle, revision, kind)
    assert isinstance(raised.value.cause, ApplicationError)
    return raised.value.cause.type


async def waiting(stage: TimeSkippingStage, revision: int = 1, handle: Handle | None = None) -> Handle:
    handle = handle or await stage.start(ReportMode.REVIEW)
    await stage.until_waiting(handle, revision)
    return handle


async def test_an_approved_draft_becomes_the_pdf(stage: TimeSkippingStage) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await waiting(stage)
        assert stage.cast.documents == []
        await decide(handle, 1, DecisionKind.APPROVE)
        outcome = await handle.result()

    assert outcome.revision == 1
    kinds = [type(notification.event) for notification in stage.cast.notifications]
    assert kinds == [ReportDraftReady, ReportCompleted]


async def test_a_revision_is_written_with_the_draft_before_it_and_all_instructions(
    stage: TimeSkippingStage,
) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await waiting(stage)
        await decide(handle, 1, DecisionKind.REVISE, "Name the rivers.")
        await waiting(stage, 2, handle)
        await decide(handle, 2, DecisionKind.REVISE, "Add a table.")
        await waiting(stage, 3, handle)
        await decide(handle, 3, DecisionKind.APPROVE)
        outcome = await handle.result()

    assert outcome.revision == 3
    assert [call.instructions for call in stage.cast.calls] == [
        [],
        ["Name the rivers."],
        ["Name the rivers.", "Add a table."],
    ]
    last_call = stage.cast.calls[-1]
    assert last_call.previous_draft is not None
    assert last_call.previous_draft.key == "draft-2"
    assert stage.cast.records[-1].usage.output_tokens == 300
    assert str(stage.cast.records[-1].cost_usd) == "0.75"


async def test_a_decision_about_another_revision_is_refused(stage: TimeSkippingStage) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await waiting(stage)
        assert await refusal(handle, 2) == STALE_REVISION
        await decide(handle, 1, DecisionKind.REVISE, "Shorter.")
        await waiting(stage, 2, handle)
        assert await refusal(handle, 1) == STALE_REVISION
        await decide(handle, 2, DecisionKind.APPROVE)
        assert (await handle.result()).revision == 2


async def test_a_decision_while_the_model_writes_never_meets_the_next_draft(
    stage: TimeSkippingStage,
) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await waiting(stage)
        await decide(handle, 1, DecisionKind.APPROVE)
        assert await refusal(handle, 1, DecisionKind.REVISE) == NOT_WAITING_FOR_REVIEW
        assert (await handle.result()).revision == 1


class Held:
    """A step that waits for the test."""

    def __init__(self) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self) -> None:
        self.begun.set()
        await self.go_on.wait()


@pytest.mark.parametrize("way", ["update", "signal"])
async def test_a_decision_sent_while_the_model_writes_never_applies_to_the_unseen_draft(
    stage: TimeSkippingStage, way: str
) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await waiting(stage)
        rewriting = stage.cast.on_llm_call = Held()
        await decide(handle, 1, DecisionKind.REVISE, "Shorter.")
        await rewriting.begun.wait()
        for revision in (1, 2):
            if way == "update":
                assert await refusal(handle, revision) == NOT_WAITING_FOR_REVIEW
            else:
                unseen = Decision(revision=revision, decision=DecisionKind.APPROVE)
                await handle.signal(DECIDE_SIGNAL, unseen)
        rewriting.go_on.set()
        await waiting(stage, 2, handle)
        assert stage.cast.documents == []
        await decide(handle, 2, DecisionKind.APPROVE)
        assert (await handle.result()).revision == 2


async def test_of_two_decisions_at_once_one_counts_and_the_other_is_told(stage: TimeSkippingStage) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await waiting(stage)
        answers = await asyncio.gather(
            decide(handle, 1, DecisionKind.APPROVE),
            decide(handle, 1, DecisionKind.REJECT, "No."),
            return_exceptions=True,
        )
        [refused] = [answer for answer in answers if answer is not None]
        assert isinstance(refused, WorkflowUpdateFailedError)
        assert isinstance(refused.cause, ApplicationError)
        assert refused.cause.type == NOT_WAITING_FOR_REVIEW
        if answers[0] is None:
            assert (await handle.result()).status is ReportStatus.COMPLETED
        else:
            with pytest.raises(WorkflowFailureError):
                await handle.result()


async def test_of_two_signals_the_first_counts_for_its_draft_and_the_second_for_none(
    stage: TimeSkippingStage,
) -> None:
    """Two at once must not overwrite each other, nor may the second decide about the draft that comes."""
    with stage.environment.auto_time_skipping_disabled():
        handle = await waiting(stage)
        revise = Decision(revision=1, decision=DecisionKind.REVISE, instructions="Shorter.")
        await handle.signal(DECIDE_SIGNAL, revise)
        await handle.signal(DECIDE_SIGNAL, Decision(revision=1, decision=DecisionKind.APPROVE))
        await waiting(stage, 2, handle)
        assert stage.cast.calls[-1].instructions == ["Shorter."]
        await decide(handle, 2, DecisionKind.APPROVE)
        assert (await handle.result()).revision == 2


async def test_a_signal_decides_and_a_stale_one_is_dropped(stage: TimeSkippingStage) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await waiting(stage)
        await handle.signal(DECIDE_SIGNAL, Decision(revision=7, decision=DecisionKind.REJECT))
        await handle.signal(DECIDE_SIGNAL, Decision(revision=1, decision=DecisionKind.APPROVE))
        await handle.signal(DECIDE_SIGNAL, Decision(revision=1, decision=DecisionKind.REJECT))
        assert (await handle.result()).status is ReportStatus.COMPLETED


async def test_a_rejected_draft_ends_the_report_with_the_reviewers_reason(stage: TimeSkippingStage) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await waiting(stage)
        await decide(handle, 1, DecisionKind.REJECT, "Off topic.")
        with pytest.raises(WorkflowFailureError):
            await handle.result()

    failure = stage.cast.records[-1].failure
    assert failure is not None
    assert failure.code is FailureCode.REVIEW_REJECTED
    assert "Off topic." in failure.message


async def test_a_draft_that_nobody_decides_about_ends_after_the_review_time(stage: TimeSkippingStage) -> None:
    """Its reviewers are reminded once before, and told until when they can decide."""
    handle = await stage.start(ReportMode.REVIEW, review_timeout=timedelta(days=3))
    with pytest.raises(WorkflowFailureError):
        await handle.result()

    record = stage.cast.records[-1]
    assert record.failure is not None
    assert record.failure.code is FailureCode.REVIEW_TIMED_OUT
    assert "within 3 days" in record.failure.message
    assert record.finished_at is not None
    assert record.started_at is not None
    waited = record.finished_at - record.started_at
    assert timedelta(days=3) <= waited < timedelta(days=3, minutes=1)
    ready, reminder, failed = stage.cast.notifications
    assert isinstance(ready.event, ReportDraftReady)
    assert isinstance(reminder.event, ReportReviewReminder)
    assert isinstance(failed.event, ReportFailed)
    assert reminder.event_id == f"{handle.id}.review_reminder.r1"
    assert timedelta(days=2) <= reminder.occurred_at - ready.occurred_at < timedelta(days=2, minutes=1)
    assert record.finished_at - timedelta(minutes=1) < reminder.event.decide_by <= record.finished_at


async def test_every_revision_has_its_own_time_and_its_own_reminder(stage: TimeSkippingStage) -> None:
    handle = await stage.start(ReportMode.REVIEW, review_timeout=timedelta(days=3))
    for revision in (1, 2):
        with stage.environment.auto_time_skipping_disabled():
            await waiting(stage, revision, handle)
        await stage.environment.sleep(timedelta(days=2, hours=1))
        with stage.environment.auto_time_skipping_disabled():
            kind = DecisionKind.REVISE if revision == 1 else DecisionKind.APPROVE
            await decide(handle, revision, kind, "Shorter.")
    assert (await handle.result()).revision == 2
    reminders = [n.event_id for n in stage.cast.notifications if isinstance(n.event, ReportReviewReminder)]
    assert reminders == [f"{handle.id}.review_reminder.r1", f"{handle.id}.review_reminder.r2"]


async def test_whoever_asks_is_told_every_draft_what_it_took_and_how_long_it_waits(
    stage: TimeSkippingStage,
) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await waiting(stage)
        await decide(handle, 1, DecisionKind.REVISE, "Name the rivers.")
        await waiting(stage, 2, handle)
        progress = await stage.until(handle, lambda progress: progress.review_until is not None)
        assert [(draft.revision, draft.instructions, draft.draft.key) for draft in progress.revisions] == [
            (1, "", "draft-1"),
            (2, "Name the rivers.", "draft-2"),
        ]
        for draft in progress.revisions:
            assert (draft.model, draft.usage.output_tokens, str(draft.cost_usd)) == (
                "simulated-1",
                100,
                "0.25",
            )
        assert (progress.usage.output_tokens, str(progress.cost_usd)) == (200, "0.50")
        assert progress.review_until is not None
        assert progress.review_until - progress.revisions[-1].written_at >= REVIEW_TIMEOUT
        await decide(handle, 2, DecisionKind.APPROVE)
        await handle.result()
    assert (await stage.progress(handle)).review_until is None


async def test_revisions_are_bounded(stage: TimeSkippingStage) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await waiting(stage)
        for revision in range(1, policies.MAX_REVISIONS):
            await decide(handle, revision, DecisionKind.REVISE, "Again.")
            await waiting(stage, revision + 1, handle)
        last = policies.MAX_REVISIONS
        assert await refusal(handle, last, DecisionKind.REVISE) == REVISIONS_EXHAUSTED
        await decide(handle, last, DecisionKind.APPROVE)
        assert (await handle.result()).revision == last
