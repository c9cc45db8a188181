from enum import StrEnum

from pydantic import BaseModel


class Finding(StrEnum):
    """What a sweep can find."""

    REQUEST_WITHOUT_WORKFLOW = "request_without_workflow"
    ROW_WITHOUT_ENDING = "row_without_ending"
    ROW_WITHOUT_WORKFLOW = "row_without_workflow"
    ARTIFACTS_WITHOUT_ROW = "artifacts_without_row"


class SweepReport(BaseModel):
    """How many of each were found in one sweep; shown as the result of its workflow."""

    found: dict[Finding, int] = {}
