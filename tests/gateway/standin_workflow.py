"""A workflow with the report's name and handlers, whose state the test decides."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from contracts.artifacts import ArtifactRef, draft_key
    from contracts.reports import (
        ReportMode,
        ReportProgress,
        ReportStatus,
        RevisionProgress,
        Step,
        TokenUsage,
    )
    from contracts.workflows import (
        GENERATE_REPORT_WORKFLOW,
        PAUSE_UPDATE,
        PROGRESS_QUERY,
        REPORT_IS_ENDING,
        RESUME_UPDATE,
        STALE_REVISION,
        SUBMIT_DECISION_UPDATE,
        Decision,
    )


@workflow.defn(name=GENERATE_REPORT_WORKFLOW)
class StandInWorkflow:
    """Waits for the approval of revision 2; ends after it."""

    def __init__(self) -> None:
        self._approved = False
        self._paused = False

    @workflow.run
    async def run(self) -> None:
        """Wait for the decision, then for the end of the test."""
        await workflow.wait_condition(lambda: self._approved)
        await asyncio.Event().wait()

    @workflow.query(name=PROGRESS_QUERY)
    def progress(self) -> ReportProgress:
        """Wait for review, or render."""
        workflow_id = workflow.info().workflow_id
        return ReportProgress(
            workflow_id=workflow_id,
            request_id=workflow_id.removeprefix("report-"),
            status=ReportStatus.RUNNING if self._approved else ReportStatus.WAITING_FOR_REVIEW,
            step=Step.CREATE_PDF if self._approved else Step.REVIEW,
            revision=2,
            mode=ReportMode.REVIEW,
            paused=self._paused,
            revisions=[_revision(workflow_id)],
            usage=TokenUsage(input_tokens=10, output_tokens=200),
            cost_usd=Decimal("0.02"),
            review_until=datetime(2030, 1, 1, tzinfo=UTC),
        )

    @workflow.update(name=PAUSE_UPDATE)
    async def pause(self) -> ReportProgress:
        """Pause."""
        self._paused = True
        return self.progress()

    @pause.validator
    def _check_pause(self) -> None:
        if self._approved:
            raise ApplicationError("The report is about to end.", type=REPORT_IS_ENDING)

    @workflow.update(name=RESUME_UPDATE)
    async def resume(self) -> ReportProgress:
        """Go on."""
        self._paused = False
        return self.progress()

    @workflow.update(name=SUBMIT_DECISION_UPDATE)
    async def submit_decision(self, decision: Decision) -> ReportProgress:
        """Take the approval."""
        self._approved = decision.decision == "approve"
        return self.progress()

    @submit_decision.validator
    def _check(self, decision: Decision) -> None:
        if decision.revision != 2:
            raise ApplicationError("The draft that waits is revision 2.", type=STALE_REVISION)


def _revision(workflow_id: str) -> RevisionProgress:
    key = draft_key("default", workflow_id, 1)
    return RevisionProgress(
        revision=1,
        instructions="Shorter.",
        draft=ArtifactRef(key=key, sha256="0" * 64, size=1, content_type="text/markdown"),
        title="The Aral Sea",
        model="simulated-1",
        written_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
