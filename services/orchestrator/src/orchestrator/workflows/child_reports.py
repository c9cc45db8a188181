"""Starting reports from other workflows, just as intake starts them from messages."""

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.workflow import ChildWorkflowHandle, ParentClosePolicy

from contracts.fairness import fair_share
from contracts.task_queues import TaskQueue
from contracts.workflows import ReportInput, ReportOutcome
from orchestrator import policies
from orchestrator.workflows.details import shortened, static_details
from orchestrator.workflows.generate_report import GenerateReportWorkflow

SUMMARY_CHARACTERS = 100

ChildReport = ChildWorkflowHandle[GenerateReportWorkflow, ReportOutcome]


async def start_child_report(report: ReportInput) -> ChildReport:
    """Start a report, and return when it runs; cancelling the handle cancels the report.

    A report outlives a parent that was ended from outside: it was accepted.

    Raises:
        WorkflowAlreadyStartedError: the same report was started before.

    """
    return await workflow.start_child_workflow(
        GenerateReportWorkflow.run,
        report,
        id=report.report.workflow_id,
        task_queue=TaskQueue.REPORTS,
        task_timeout=policies.REPORT_TASK_TIMEOUT,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        parent_close_policy=ParentClosePolicy.ABANDON,
        priority=fair_share(report.report.tenant_id, report.requested_by),
        static_summary=shortened(report.prompt, SUMMARY_CHARACTERS),
        static_details=static_details(report),
    )
