"""How a settled report's end is announced, and what its workflow returns."""

from contracts.events import ReportCancelled, ReportCompleted, ReportFailed
from contracts.reports import ReportStatus
from contracts.workflows import ReportOutcome
from orchestrator.workflows.report_state import ReportState


def ending_of(state: ReportState) -> ReportCompleted | ReportFailed | ReportCancelled:
    """Give the event that ends the report."""
    key = state.key.model_dump()
    if state.failure:
        return ReportFailed(**key, failure=state.failure)
    answer, document = state.answer, state.document
    if state.outcome is ReportStatus.CANCELLED or answer is None or document is None:
        return ReportCancelled(**key)
    return ReportCompleted(
        **key,
        title=answer.title,
        model=answer.model,
        pages=document.pages,
        degraded=document.degraded,
        pdf=document.pdf,
        draft=answer.draft,
        usage=state.usage,
        cost_usd=state.cost_usd,
    )


def outcome_of(state: ReportState) -> ReportOutcome:
    """Give the outcome of a completed report."""
    answer, document = state.answer, state.document
    assert answer is not None  # noqa: S101 - only a completed report has an outcome
    assert document is not None  # noqa: S101 - as above
    return ReportOutcome(
        workflow_id=state.key.workflow_id,
        status=state.status,
        revision=state.revision,
        draft=answer.draft,
        pdf=document.pdf,
    )
