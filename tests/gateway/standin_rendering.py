"""A workflow with the name of the one that renders again."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from contracts.workflows import RENDER_REPORT_WORKFLOW, RenderInput

BROKEN = "A title that cannot be set"


@workflow.defn(name=RENDER_REPORT_WORKFLOW)
class StandInRendering:
    """Renders anything but one title."""

    @workflow.run
    async def run(self, request: RenderInput) -> None:
        """Do nothing, or fail for good."""
        if request.record.title == BROKEN:
            raise ApplicationError("It cannot be set.", non_retryable=True)
