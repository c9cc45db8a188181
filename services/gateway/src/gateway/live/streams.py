"""Events → SSE: a report as its viewer sees it, from now or from where the viewer was, until it has ended."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from contracts.events import (
    ReportCancelled,
    ReportCompleted,
    ReportFailed,
)
from contracts.failures import Failure, FailureCode
from contracts.reports import ReportStatus
from gateway.live.hub import Hub, Viewer
from gateway.live.replay import READ_ERRORS, Replay
from gateway.live.snapshots import Known, Snapshots
from gateway.live.viewing import Message, Position, event_message
from gateway.reading.known_report import KnownReport
from gateway.reading.tracker import ReportNotFoundError, ReportStateUnknownError, Tracker

KEEP_ALIVE_INTERVAL = timedelta(seconds=15)
# A report is recorded before its end is announced, and announced before it is read here.
LATE_EVENTS_PATIENCE = timedelta(seconds=3)
RECONNECT_AFTER = timedelta(seconds=1)
KEEP_ALIVE = b": still here\n\n"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Watch:
    tenant_id: str
    workflow_id: str
    position: Position | None
    known: Known = field(default_factory=Known)
    ended: KnownReport | None = None
    """A report whose end was told by no event yet."""


class Streams:
    """Makes the byte stream of each viewer; several at once share the hub's two readers."""

    def __init__(self, hub: Hub, replay: Replay, tracker: Tracker, snapshots: Snapshots) -> None:
        self._hub = hub
        self._replay = replay
        self._tracker = tracker
        self._snapshots = snapshots

    async def watch(
        self, tenant_id: str, workflow_id: str, begin: Position | None
    ) -> AsyncGenerator[bytes, None]:
        """Give SSE bytes until the report's last message, or until the viewer has to come back.

        A viewer that comes back says where it was, and gets what it missed.
        """
        watch = _Watch(tenant_id, workflow_id, begin)
        yield f"retry: {int(RECONNECT_AFTER.total_seconds() * 1000)}\n\n".encode()
        try:
            while not self._hub.is_closing:
                with self._hub.viewer(workflow_id) as viewer:
                    async for message in self._messages(watch, viewer):
                        if message is None:
                            yield KEEP_ALIVE
                            continue
                        watch.position = message.position
                        yield message.encode()
                        if message.ends:
                            return
        except (*READ_ERRORS, ReportNotFoundError, ReportStateUnknownError) as error:
            log.info("stream.interrupted", workflow_id=workflow_id, error=repr(error))

    async def _messages(self, watch: _Watch, viewer: Viewer) -> AsyncIterator[Message | None]:
        async for missed in self._catch_up(watch, viewer.start):
            yield missed
        while not viewer.is_behind:
            message = await viewer.next(LATE_EVENTS_PATIENCE if watch.ended else KEEP_ALIVE_INTERVAL)
            if message is None and watch.ended is not None and watch.position is not None:
                async for told in self._end(watch, last_message(watch.ended, watch.position)):
                    yield told
            elif message is None:
                if not viewer.is_behind:
                    yield None
            elif message.ends:
                async for told in self._end(watch, message):
                    yield told
            elif not watch.known.contains(message):
                yield message

    async def _catch_up(self, watch: _Watch, end: Position) -> AsyncIterator[Message]:
        begin = watch.position
        if begin is not None and await self._replay.holds(begin, end):
            async for message in self._replay.between(watch.workflow_id, begin, end):
                if message.ends:
                    async for told in self._end(watch, message):
                        yield told
                    return
                if not watch.known.contains(message):
                    yield message
            watch.position = end
            report = await self._tracker.find(watch.tenant_id, watch.workflow_id)
            # Its events may not have been read that far: they are told before the end is, and not instead.
            watch.ended = report if report.status.is_terminal else None
            return
        report = await self._tracker.find(watch.tenant_id, watch.workflow_id)
        snapshot, watch.known = await self._snapshots.take(report, end)
        yield snapshot
        watch.position = end
        if report.status.is_terminal:
            async for told in self._end(watch, last_message(report, end)):
                yield told

    async def _end(self, watch: _Watch, last: Message) -> AsyncIterator[Message]:
        # The two streams are read side by side: the end may be known before the last words.
        events = watch.position.events if watch.position else last.position.events
        begin = Position(events, last.position.live)
        rest = Position(events, await self._replay.last_text(watch.workflow_id))
        async for text in self._replay.between(watch.workflow_id, begin, rest):
            if not watch.known.contains(text):
                yield text
        yield last


def last_message(report: KnownReport, position: Position) -> Message:
    """Tell the end of a report that ended before its viewer came, as its event told it."""
    return event_message(_ending(report), position, report.finished_at)


def _ending(report: KnownReport) -> ReportCompleted | ReportFailed | ReportCancelled:
    key = report.model_dump(include={"workflow_id", "request_id", "tenant_id", "revision"})
    record = report.record
    if report.status is ReportStatus.CANCELLED:
        return ReportCancelled(**key)
    if record is None or record.pdf is None or record.draft is None or report.failure is not None:
        message = "The report ended without a record of its result."
        failure = report.failure or Failure(code=FailureCode.INTERNAL_ERROR, message=message)
        return ReportFailed(**key, failure=failure)
    return ReportCompleted(
        **key,
        title=record.title or "",
        model=record.model or "",
        pages=record.pages or 0,
        degraded=record.degraded,
        pdf=record.pdf,
        draft=record.draft,
        usage=record.usage,
        cost_usd=record.cost_usd,
    )
