"""Operators read in Temporal's own UI what a report does, and what it waits for."""

from temporalio.api.sdk.v1 import WorkflowMetadata

from contracts.reports import ReportMode, ReportProgress
from contracts.workflows import PAUSE_UPDATE
from tests.workflows.stage import Handle, TimeSkippingStage


async def details(handle: Handle) -> str:
    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    assert isinstance(metadata, WorkflowMetadata)
    return metadata.current_details


async def test_a_draft_that_waits_says_for_what_and_until_when(stage: TimeSkippingStage) -> None:
    with stage.environment.auto_time_skipping_disabled():
        handle = await stage.start(ReportMode.REVIEW)
        progress = await stage.until(handle, lambda progress: progress.review_until is not None)
        assert progress.review_until is not None
        waiting = await details(handle)
        await handle.execute_update(PAUSE_UPDATE, result_type=ReportProgress)
        await stage.until(handle, lambda progress: progress.review_until is None)
        paused = await details(handle)
        await handle.terminate()
    assert "**The draft waits for a decision** (`review`, revision 1)" in waiting
    assert f"until {progress.review_until:%Y-%m-%d %H:%M} UTC" in waiting
    assert "Latest draft: `draft-1`" in waiting
    assert "10 in, 100 out; cost: 0.25 USD" in waiting
    assert "**Paused**" in paused
    assert "until 20" not in paused


async def test_every_call_to_a_service_says_what_it_is_for(stage: TimeSkippingStage) -> None:
    handle = await stage.start()
    await handle.result()
    summaries = [
        event.user_metadata.summary.data.decode().strip('"')
        async for event in handle.fetch_history_events()
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert summaries == ["revision 1", "RUNNING", "revision 1", "COMPLETED", "report.completed"]
