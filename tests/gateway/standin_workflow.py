"""A workflow with the report's name and handlers, whose state the test decides."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from contracts.reports import ReportMode, ReportProgress, ReportStatus, Step
    from contracts.workflows import (
        GENERATE_REPORT_WORKFLOW,
        PROGRESS_QUERY,
        STALE_REVISION,
        SUBMIT_DECISION_UPDATE,
        Decision,
    )


@workflow.defn(name=GENERATE_REPORT_WORKFLOW)
class StandInWorkflow:
    """Waits for the approval of revision 2."""

    def __init__(self) -> None:
        self._approved = False

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
        )

    @workflow.update(name=SUBMIT_DECISION_UPDATE)
    async def submit_decision(self, decision: Decision) -> ReportProgress:
        """Take the approval."""
        self._approved = decision.decision == "approve"
        return self.progress()

    @submit_decision.validator
    def _check(self, decision: Decision) -> None:
        if decision.revision != 2:
            raise ApplicationError("The draft that waits is revision 2.", type=STALE_REVISION)
