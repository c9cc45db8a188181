"""Rows as tests want them."""

from typing import Any
from uuid import uuid4

from contracts.reports import ReportRecord, ReportStatus
from tests.contracts.examples import NOW


def a_record(status: ReportStatus, **fields: Any) -> ReportRecord:  # noqa: ANN401 - any field of the model
    request_id = fields.pop("request_id", uuid4().hex)
    return ReportRecord(
        workflow_id=f"report-{request_id}",
        request_id=request_id,
        producer="test",
        status=status,
        prompt=fields.pop("prompt", "What caused the decline of the Aral Sea?"),
        accepted_at=NOW,
        **fields,
    )
