"""The report workflow as its callers know it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from contracts.artifacts import ArtifactRef
from contracts.model import WireModel
from contracts.origin import RequestOrigin
from contracts.reports import ReportKey, ReportMode, ReportRecord, ReportStatus
from contracts.text import printable

GENERATE_REPORT_WORKFLOW = "GenerateReportWorkflow"
RENDER_REPORT_WORKFLOW = "RenderReportWorkflow"
PROGRESS_QUERY = "progress"
DECIDE_SIGNAL = "decide"
SUBMIT_DECISION_UPDATE = "submit_decision"
# Each an update, and for other systems a signal of the same name, which gets no answer.
PAUSE_UPDATE = "pause"
RESUME_UPDATE = "resume"

# `ApplicationError.type` of a refused decision.
STALE_REVISION = "stale_revision"
NOT_WAITING_FOR_REVIEW = "not_waiting_for_review"
REVISIONS_EXHAUSTED = "revisions_exhausted"
# `ApplicationError.type` of a refused pause: what is left of the report is quick and must not be interrupted.
REPORT_IS_ENDING = "report_is_ending"

INSTRUCTIONS_MAX_CHARACTERS = 4_000
REVIEW_TIMEOUT = timedelta(days=7)
REVIEW_REMINDER_AFTER = timedelta(days=5)

Instructions = Annotated[
    str, StringConstraints(max_length=INSTRUCTIONS_MAX_CHARACTERS), AfterValidator(printable)
]


class ReportInput(RequestOrigin):
    """What a workflow is started with.

    A draft waits for `review_timeout` for its decision; after `review_reminder_after` its reviewers are
    reminded once, unless that is later. A paused report's draft waits without its time running.
    """

    report: ReportKey
    producer: str
    prompt: str
    mode: ReportMode = ReportMode.AUTO
    accepted_at: datetime
    review_timeout: timedelta = REVIEW_TIMEOUT
    review_reminder_after: timedelta = REVIEW_REMINDER_AFTER
    traceparent: str | None = None


class ReportOutcome(WireModel):
    """What a workflow returns; failure and cancellation are raised instead."""

    workflow_id: str
    status: ReportStatus
    revision: int
    draft: ArtifactRef
    pdf: ArtifactRef


class RenderInput(WireModel):
    """A completed report whose stored text is to be rendered again, without the model."""

    record: ReportRecord


def render_workflow_id(workflow_id: str) -> str:
    """Give the id of the workflow that renders a report again: one at a time for each report."""
    return f"render-{workflow_id}"


class DecisionKind(StrEnum):
    """What a reviewer can say of a draft."""

    APPROVE = "approve"
    REVISE = "revise"
    REJECT = "reject"


class Decision(WireModel):
    """A reviewer's word on the draft of `revision`, and on no other."""

    revision: int = Field(ge=1)
    decision: DecisionKind
    instructions: Instructions = ""
    decided_by: str | None = None
