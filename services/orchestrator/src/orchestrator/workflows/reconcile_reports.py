"""The sweep as a workflow, so that a schedule can start it and its results can be read in Temporal."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from orchestrator import policies
    from orchestrator.reconciliation.findings import SweepReport

RECONCILE_REPORTS_WORKFLOW = "ReconcileReportsWorkflow"


@workflow.defn(name=RECONCILE_REPORTS_WORKFLOW)
class ReconcileReportsWorkflow:
    """One sweep."""

    @workflow.run
    async def run(self) -> SweepReport:
        """Run the sweep's activity."""
        report: SweepReport = await workflow.execute_activity(
            "reconcile_reports", result_type=SweepReport, **policies.RECONCILE_REPORTS.options()
        )
        return report
