"""Events → SSE: a batch as its viewer sees it, until it has ended."""

import json
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator

import structlog

from contracts.events import EventType
from contracts.reports import ReportStatus
from gateway.batch_views import BatchRowView, BatchSummary
from gateway.live.hub import Hub, Viewer
from gateway.live.streams import KEEP_ALIVE, KEEP_ALIVE_INTERVAL, RECONNECT_AFTER
from gateway.live.viewing import Message, Position
from gateway.metrics import VIEWERS
from gateway.reading.batches import Batches, KnownBatch, KnownRow
from gateway.reading.database import RecordsUnavailableError
from gateway.reading.documents import DocumentDamagedError, DocumentUnavailableError
from runtime.bus import BusUnavailableError

UNREADABLE = (
    RecordsUnavailableError,
    DocumentUnavailableError,
    DocumentDamagedError,
    BusUnavailableError,
)
_STATUS_OF = {
    EventType.ACCEPTED: ReportStatus.ACCEPTED,
    EventType.DRAFT_READY: ReportStatus.WAITING_FOR_REVIEW,
    EventType.COMPLETED: ReportStatus.COMPLETED,
    EventType.FAILED: ReportStatus.FAILED,
    EventType.CANCELLED: ReportStatus.CANCELLED,
}
_STATUS_BY_WORD = {event_type.word: status for event_type, status in _STATUS_OF.items()}

log = structlog.get_logger(__name__)


class BatchStreams:
    """Makes the byte stream of each viewer from the hub's events; each begins with the whole picture."""

    def __init__(self, hub: Hub, batches: Batches) -> None:
        self._hub = hub
        self._batches = batches

    async def watch(self, tenant_id: str, batch_id: str) -> AsyncGenerator[bytes, None]:
        """Give SSE bytes until the batch's last message, or until the viewer has to come back."""
        VIEWERS.inc()
        try:
            yield f"retry: {int(RECONNECT_AFTER.total_seconds() * 1000)}\n\n".encode()
            while not self._hub.is_closing:
                with self._hub.onlooker() as onlooker:
                    async for message in self._messages(onlooker, tenant_id, batch_id):
                        yield message.encode() if message else KEEP_ALIVE
                        if message is not None and message.ends:
                            return
        except UNREADABLE as error:
            log.info("batch_stream.interrupted", batch_id=batch_id, error=repr(error))
        finally:
            VIEWERS.dec()

    async def _messages(
        self, onlooker: Viewer, tenant_id: str, batch_id: str
    ) -> AsyncIterator[Message | None]:
        batch = await self._batches.find(tenant_id, batch_id)
        rows = await self._batches.rows(batch)
        yield _snapshot(batch, rows, onlooker.start)
        if batch.status.is_terminal:
            yield _ended(batch, onlooker.start)
            return
        picture = _Picture(batch, rows)
        told_at = time.monotonic()
        while not onlooker.is_behind:
            message = await onlooker.next(KEEP_ALIVE_INTERVAL)
            if message is not None and message.workflow_id == batch.workflow_id:
                yield _ended(await self._batches.find(tenant_id, batch_id), message.position)
                return
            if message is not None and (change := picture.take(message)):
                told_at = time.monotonic()
                yield change
            elif time.monotonic() - told_at >= KEEP_ALIVE_INTERVAL.total_seconds():
                # Other reports' events may come all the time, while there is nothing to tell of this batch.
                told_at = time.monotonic()
                yield None


class _Picture:
    """The status of every row as this viewer knows it; one that has ended is never set back."""

    def __init__(self, batch: KnownBatch, rows: list[KnownRow]) -> None:
        self._workflow_id = batch.workflow_id
        self._rows = {row.workflow_id: row for row in rows}

    def take(self, message: Message) -> Message | None:
        """Note what an event tells of a row; None when it tells nothing new of this batch."""
        row = self._rows.get(message.workflow_id)
        if row is None or row.status.is_terminal:
            return None
        event = json.loads(message.data)
        progress = event.get("progress") or {}
        status = _STATUS_BY_WORD.get(message.name) or progress.get("status")
        known = {"status": status, "title": event.get("title") or progress.get("title") or row.title}
        known |= {name: event[name] for name in ("pages", "failure") if event.get(name)}
        changed = KnownRow.model_validate(row.model_dump() | known)
        if status is None or changed == row:
            return None
        self._rows[row.workflow_id] = changed
        counts = Counter(row.status for row in self._rows.values())
        data = {
            "row": BatchRowView.of(changed).model_dump(mode="json"),
            "counts": {status: counts[status] for status in ReportStatus},
        }
        return Message(self._workflow_id, "report", json.dumps(data, ensure_ascii=False), message.position)


def _snapshot(batch: KnownBatch, rows: list[KnownRow], position: Position) -> Message:
    data = {
        **BatchSummary.of(batch).model_dump(mode="json"),
        "rows": [BatchRowView.of(row).model_dump(mode="json") for row in rows],
    }
    return Message(batch.workflow_id, "snapshot", json.dumps(data, ensure_ascii=False), position)


def _ended(batch: KnownBatch, position: Position) -> Message:
    summary = BatchSummary.of(batch).model_dump_json()
    return Message(batch.workflow_id, "ended", summary, position, ends=True)
