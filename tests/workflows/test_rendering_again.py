"""A completed report can be rendered again without the model, and nobody is told of it twice."""

from uuid import uuid4

import pytest
from temporalio.client import WorkflowFailureError

from contracts.reports import ReportRecord, ReportStatus
from contracts.task_queues import TaskQueue
from contracts.workflows import RENDER_REPORT_WORKFLOW, RenderInput
from tests.workflows.stage import TimeSkippingStage


async def render_again(stage: TimeSkippingStage, record: ReportRecord) -> None:
    await stage.client.execute_workflow(
        RENDER_REPORT_WORKFLOW,
        RenderInput(record=record),
        id=f"render-{uuid4()}",
        task_queue=TaskQueue.REPORTS,
    )


async def test_each_rendering_has_a_place_of_its_own(stage: TimeSkippingStage) -> None:
    await (await stage.start()).result()
    record = stage.cast.records[-1]
    await render_again(stage, record)
    await render_again(stage, record)

    assert len(stage.cast.calls) == 1
    assert len(stage.cast.notifications) == 1
    names = [document.rendering for document in stage.cast.documents]
    assert names[0] is None
    assert len(set(names)) == 3
    assert {document.draft for document in stage.cast.documents} == {record.draft}
    assert stage.cast.records[-1].status is ReportStatus.COMPLETED


async def test_a_report_without_a_text_is_refused(stage: TimeSkippingStage) -> None:
    await (await stage.start()).result()
    record = stage.cast.records[0].model_copy(update={"draft": None})
    with pytest.raises(WorkflowFailureError):
        await render_again(stage, record)
