"""Many reports asked for at once: the rows, the command that has them made, and the record of the whole.

The rows are one write-once object in the artifact store; messages and workflows carry a reference to it.
"""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from contracts.artifacts import ArtifactRef
from contracts.commands import Prompt
from contracts.identifiers import DEFAULT_TENANT, TenantId, workflow_id_for
from contracts.model import WireModel
from contracts.origin import BatchId, RequestedBy
from contracts.reports import ReportMode, ReportStatus
from contracts.schedules import Name
from contracts.workflows import ReportInput

REPORT_BATCH_WORKFLOW = "ReportBatchWorkflow"
BATCH_PROGRESS_QUERY = "progress"
BATCH_MAX_ROWS = 500


class BatchRow(WireModel):
    """One report of a batch."""

    prompt: Prompt
    mode: ReportMode = ReportMode.AUTO
    requested_by: RequestedBy | None = None


class BatchRows(WireModel):
    """The stored object: the rows as they were sent, numbered from 1."""

    rows: list[BatchRow] = Field(min_length=1, max_length=BATCH_MAX_ROWS)


class BatchKey(WireModel):
    """Which batch; its reports have the request ids `<batch_id>-<number>`."""

    batch_id: BatchId
    tenant_id: TenantId = DEFAULT_TENANT

    @property
    def workflow_id(self) -> str:
        """The workflow that has the reports made."""
        return f"batch-{self.batch_id}"

    def request_id(self, number: int) -> str:
        """Give the request of row `number`: always the same."""
        return f"{self.batch_id}-{number}"

    def report_id(self, number: int) -> str:
        """Give the report of row `number`."""
        return workflow_id_for(self.request_id(number))


class SubmitBatch(BatchKey):
    """A command on `reports.v1.batch.<producer>.<batch_id>`: have every row of `rows` made."""

    name: Name | None = None
    requested_by: RequestedBy | None = None
    rows: ArtifactRef
    total: int = Field(ge=1, le=BATCH_MAX_ROWS)
    requested_at: datetime
    traceparent: str | None = None


class BatchInput(SubmitBatch):
    """What a batch's workflow is started with."""

    producer: str
    accepted_at: datetime


class BatchPart(WireModel):
    """The rows `first` to `last` of a batch, both included."""

    batch: BatchInput
    first: int = Field(ge=1)
    last: int = Field(ge=1)


class AcceptedReports(WireModel):
    """Reports that were announced as accepted, each ready to be started."""

    reports: list[ReportInput]


class BatchStatus(StrEnum):
    """The states of a batch; `COMPLETED` when all of its reports have ended, however they did."""

    ACCEPTED = "ACCEPTED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"

    @property
    def is_terminal(self) -> bool:
        """True once nothing more will happen to the batch."""
        return self in {BatchStatus.COMPLETED, BatchStatus.CANCELLED}


class BatchReport(WireModel):
    """How far one report of a batch is, as its batch knows it."""

    number: int
    workflow_id: str
    status: ReportStatus


class BatchProgress(WireModel):
    """The answer of the batch workflow's `progress` query; `counts` are by status and sum to `total`."""

    batch_id: BatchId
    tenant_id: TenantId
    status: BatchStatus
    total: int
    counts: dict[ReportStatus, int]
    reports: list[BatchReport]
    archive: ArtifactRef | None = None


class BatchRecord(BatchKey):
    """A row of `report_batches`; `archive` is the zip of what was made, there once the batch has ended."""

    name: Name | None = None
    requested_by: RequestedBy | None = None
    status: BatchStatus
    rows: ArtifactRef
    total: int
    archive: ArtifactRef | None = None
    accepted_at: datetime
    finished_at: datetime | None = None


def batch_rows_key(batch: BatchKey) -> str:
    """Key of the stored rows (`BatchRows` as JSON)."""
    return f"{batch.tenant_id}/{batch.workflow_id}/rows.json"


def batch_archive_key(batch: BatchKey) -> str:
    """Key of the archive (application/zip)."""
    return f"{batch.tenant_id}/{batch.workflow_id}/archive.zip"
