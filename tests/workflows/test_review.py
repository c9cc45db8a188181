"""A decision counts for the draft that a person has seen, and the first one counts."""

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from contracts.events import ReportCompleted, ReportDraftReady
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
    handle = await stage.start(ReportMode.REVIEW)
    with pytest.raises(WorkflowFailureError):
        await handle.result()

    record = stage.cast.records[-1]
    assert record.failure is not None
    assert record.failure.code is FailureCode.REVIEW_TIMED_OUT
    assert record.finished_at is not None
    assert record.started_at is not None
    assert record.finished_at - record.started_at >= REVIEW_TIMEOUT


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
