"""A report as it is at one position of the streams, for a viewer who comes to it."""

import json
from dataclasses import dataclass
from datetime import datetime

import structlog

from contracts.reports import ReportStatus
from gateway.live.replay import LastStatus, Replay
from gateway.live.viewing import STATUS, TEXT, Message, Position, status_json
from gateway.reading.documents import DocumentDamagedError, Documents, DocumentUnavailableError
from gateway.reading.executions import Executions
from gateway.reading.known_report import KnownReport
from gateway.reading.waiting import Underway

_SHOWN = set(KnownReport.model_fields) - {"tenant_id", "revision", "latest_draft", "record"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """What a snapshot contains already.

    Events up to a time, the text of revisions up to one, and live statuses up to a sequence.
    """

    until: datetime | None = None
    drafted_revision: int = 0
    status_sequence: int = 0

    def contains(self, message: Message) -> bool:
        """Tell whether a message would tell the viewer nothing new, or what was true before."""
        if message.name == TEXT:
            return message.revision <= self.drafted_revision
        if message.name == STATUS:
            return message.position.live <= self.status_sequence
        return bool(self.until and message.occurred_at and message.occurred_at <= self.until)


class Snapshots:
    """Puts together what the row, the workflow, the store and the stream of live text know."""

    def __init__(self, replay: Replay, executions: Executions, documents: Documents) -> None:
        self._replay = replay
        self._executions = executions
        self._documents = documents

    async def take(self, report: KnownReport, position: Position) -> tuple[Message, Known]:
        """Give the report as the message `snapshot`, and what that contains."""
        revision, text = await self._text(report, position)
        status, underway = await self._work(report)
        data = {
            **report.model_dump(mode="json", include=_SHOWN),
            **underway.model_dump(mode="json"),
            "live_status": json.loads(status_json(status.status)) if status else None,
            "revision": revision,
            "text": text,
        }
        known = Known(
            until=report.updated_at,
            drafted_revision=report.revision if report.draft else 0,
            status_sequence=status.sequence if status else 0,
        )
        return Message(report.workflow_id, "snapshot", json.dumps(data, ensure_ascii=False), position), known

    async def _text(self, report: KnownReport, position: Position) -> tuple[int, str]:
        if report.draft is not None:
            try:
                return report.revision, await self._documents.markdown(report.draft)
            except (DocumentUnavailableError, DocumentDamagedError) as error:
                log.warning("stream.draft_unreadable", workflow_id=report.workflow_id, error=repr(error))
        live = await self._replay.text_so_far(report.workflow_id, position.live)
        return (live.revision, live.text) if live.revision >= report.revision else (report.revision, "")

    async def _work(self, report: KnownReport) -> tuple[LastStatus | None, Underway]:
        if report.status is not ReportStatus.RUNNING:
            return None, Underway()
        # In this order: what changes between the two is told by a status that the stream stores later.
        status = await self._replay.last_status(report.workflow_id)
        return status, await self._executions.underway(report.workflow_id)
