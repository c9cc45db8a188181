"""What is known of a report: from its row, its workflow, or the command that waits on the bus."""

from contracts.commands import GenerateReport
from contracts.reports import (
    ReportProgress,
    ReportRecord,
    ReportStatus,
)
from contracts.subjects import dead_request, gateway_request
from gateway.connections import BusLink
from gateway.reading.batches import Batches, BatchNotFoundError
from gateway.reading.executions import Executions, TemporalUnavailableError
from gateway.reading.known_report import (
    KnownReport,
    from_command,
    from_progress,
    from_record,
    from_status,
    request_id_of,
)
from gateway.reading.records import Records, RecordsUnavailableError
from runtime.bus import BusUnavailableError


class ReportNotFoundError(Exception):
    """No source knows the report, and every source was asked."""


class ReportStateUnknownError(Exception):
    """A source that might know the report does not answer."""


class Tracker:
    """Answers from the first source that is sure; an accepted report is always found."""

    def __init__(self, records: Records, executions: Executions, link: BusLink, batches: Batches) -> None:
        self._records = records
        self._executions = executions
        self._link = link
        self._batches = batches

    async def find(self, tenant_id: str, workflow_id: str) -> KnownReport:
        """Tell what is known of a report.

        Raises:
            ReportNotFoundError: it was never accepted here.
            ReportStateUnknownError: a source that might know it does not answer.

        """
        inquiry = _Inquiry(tenant_id, workflow_id)
        found = await self._started(inquiry) or await self._waiting(inquiry)
        # It may have been started, and its command have aged out, between the two questions.
        found = found or await self._started(inquiry)
        if found is not None:
            return found
        if inquiry.silent:
            raise ReportStateUnknownError(", ".join(inquiry.silent))
        raise ReportNotFoundError(workflow_id)

    async def _started(self, inquiry: "_Inquiry") -> KnownReport | None:
        record = await self._record(inquiry)
        if record is not None and record.status.is_terminal:
            return from_record(record)
        try:
            progress = await self._executions.progress(inquiry.workflow_id)
        except TemporalUnavailableError:
            inquiry.silent.append("Temporal")
            progress = None
        if isinstance(progress, ReportProgress):
            return from_progress(progress, record) if progress.tenant_id == inquiry.tenant_id else None
        if progress is not None and progress.is_terminal:
            # A report is recorded before its workflow closes: the row read above may be older than that.
            record = await self._record(inquiry) or record
        if record is not None:
            return from_record(record)
        return from_status(inquiry.tenant_id, inquiry.workflow_id, progress) if progress else None

    async def _record(self, inquiry: "_Inquiry") -> ReportRecord | None:
        try:
            return await self._records.find(inquiry.tenant_id, inquiry.workflow_id)
        except RecordsUnavailableError:
            inquiry.silent.append("PostgreSQL")
            return None

    async def _waiting(self, inquiry: "_Inquiry") -> KnownReport | None:
        subject = gateway_request(request_id_of(inquiry.workflow_id))
        try:
            message = await self._link.bus.last(subject)
        except BusUnavailableError:
            inquiry.silent.append("NATS")
            return None
        if message is None:
            return await self._in_batch(inquiry)
        command = GenerateReport.model_validate_json(message.data or b"")
        if command.tenant_id != inquiry.tenant_id:
            return None
        return from_command(command, given_up=await self._is_dead(subject.name, inquiry))

    async def _is_dead(self, request_subject: str, inquiry: "_Inquiry") -> bool:
        try:
            return await self._link.bus.last(dead_request(request_subject)) is not None
        except BusUnavailableError:
            inquiry.silent.append("NATS")
            return False

    async def _in_batch(self, inquiry: "_Inquiry") -> KnownReport | None:
        """Look for a row of a batch whose report was not started yet, or never will be."""
        batch_id, _, number = request_id_of(inquiry.workflow_id).rpartition("-")
        if not number.isdecimal():
            return None
        try:
            batch = await self._batches.find(inquiry.tenant_id, batch_id)
        except BatchNotFoundError:
            return None
        except RecordsUnavailableError:
            inquiry.silent.append("PostgreSQL")
            return None
        except BusUnavailableError:
            inquiry.silent.append("NATS")
            return None
        if not 1 <= int(number) <= batch.total or batch.report_id(int(number)) != inquiry.workflow_id:
            return None
        status = ReportStatus.CANCELLED if batch.status.is_terminal else ReportStatus.ACCEPTED
        return from_status(inquiry.tenant_id, inquiry.workflow_id, status)


class _Inquiry:
    def __init__(self, tenant_id: str, workflow_id: str) -> None:
        self.tenant_id = tenant_id
        self.workflow_id = workflow_id
        self.silent: list[str] = []
