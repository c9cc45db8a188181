"""One run of a schedule: its report, waited for, so that the next run knows whether this one is at work."""

from datetime import datetime

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ApplicationError, ChildWorkflowError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from contracts.activities.acceptance import AcceptanceActivities
    from contracts.schedules import SCHEDULED_REPORT_WORKFLOW, DueReport, ScheduledReport, ScheduledRun
    from orchestrator import policies
    from orchestrator.workflows.child_reports import start_child_report

# Set by Temporal on what a schedule starts: when the run was due, whenever it really began.
DUE_AT = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")


@workflow.defn(name=SCHEDULED_REPORT_WORKFLOW)
class ScheduledReportWorkflow:
    """Runs one report; fails when it fails, so that a schedule can pause itself after a failure."""

    @workflow.run
    async def run(self, scheduled: ScheduledReport) -> ScheduledRun:
        """Accept and start the report, then wait for its end.

        Raises:
            ApplicationError: the report failed; the type is its failure code.

        """
        due = DueReport(scheduled=scheduled, due_at=_due_at(), accepted_at=workflow.now())
        report = await workflow.execute_activity_method(
            AcceptanceActivities.accept_due_report,
            due,
            summary=due.request_id,
            **policies.ACCEPT.options(),
        )
        workflow_id = report.report.workflow_id
        workflow.set_current_details(f"{scheduled.definition.name}: {workflow_id}")
        try:
            outcome = await (await start_child_report(report))
        except WorkflowAlreadyStartedError:
            return ScheduledRun(workflow_id=workflow_id)
        except ChildWorkflowError as error:
            if isinstance(error.cause, ApplicationError):
                raise ApplicationError(
                    error.cause.message, type=error.cause.type, non_retryable=True
                ) from error
            raise
        return ScheduledRun(workflow_id=workflow_id, pdf=outcome.pdf)


def _due_at() -> datetime:
    return workflow.info().typed_search_attributes.get(DUE_AT) or workflow.info().start_time
