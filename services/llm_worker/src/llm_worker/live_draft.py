"""The text as it is written, put on the bus for whoever watches. Its trouble is never the call's trouble."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from contracts.live import LiveText
from contracts.reports import ReportKey
from contracts.subjects import Subject, live_text
from llm_worker.metrics import LIVE_TEXT_FAILURES
from runtime.background import beside

log = structlog.get_logger(__name__)

PUBLISH_INTERVAL = timedelta(milliseconds=100)
LAST_PUBLISH_TIMEOUT = timedelta(milliseconds=500)
# Four bytes a character at most, and JSON's escapes, stay far below the server's limit of 1 MiB.
MAX_CHARACTERS = 32_000

Publish = Callable[[Subject[LiveText], LiveText], Awaitable[bool]]
"""Sends without confirmation; False when it could not be sent."""

OnShown = Callable[[int], None]
"""Told how many characters of the draft were published."""


def _unnoticed(_: int) -> None:
    """Take no note."""


class LiveDraft:
    """Collects text and publishes it about ten times a second, at offsets into the draft."""

    def __init__(
        self, publish: Publish, report: ReportKey, attempt: int, on_shown: OnShown = _unnoticed
    ) -> None:
        self._publish = publish
        self._report = report
        self._attempt = attempt
        self._on_shown = on_shown
        self._offset = 0
        self._pending = ""
        self._known = 0
        self._beginnings = 0

    def begin(self, known: int = 0) -> None:
        """Begin the draft (again); its first `known` characters were published before and are passed over."""
        self._beginnings += 1
        self._offset = self._known = known
        self._pending = ""
        self._on_shown(known)

    def write(self, text: str) -> None:
        """Add to the draft; never waits."""
        passed_over, self._known = min(self._known, len(text)), max(self._known - len(text), 0)
        self._pending += text[passed_over:]

    async def publish_forever(self) -> None:
        """Publish what was written since the last time, until cancelled."""
        while True:
            await self.flush()
            await asyncio.sleep(PUBLISH_INTERVAL.total_seconds())

    async def flush(self) -> None:
        """Publish everything written so far; what the bus does not take is kept for the next time."""
        while piece := self._pending[:MAX_CHARACTERS]:
            beginnings = self._beginnings
            if not await self._sent(piece):
                LIVE_TEXT_FAILURES.inc()
                return
            if beginnings != self._beginnings:
                continue
            self._offset += len(piece)
            self._on_shown(self._offset)
            self._pending = self._pending[len(piece) :]

    async def _sent(self, piece: str) -> bool:
        try:
            return await self._publish(live_text(self._report.workflow_id), self._message(piece))
        except Exception:
            # Whatever it is, a paid call must not fail for those who watch it.
            log.warning("live_text.failed", exc_info=True)
            return False

    def _message(self, piece: str) -> LiveText:
        return LiveText(
            workflow_id=self._report.workflow_id,
            tenant_id=self._report.tenant_id,
            revision=self._report.revision,
            attempt=self._attempt,
            offset=self._offset,
            text=piece,
        )


@asynccontextmanager
async def open_live_draft(
    publish: Publish, report: ReportKey, attempt: int, on_shown: OnShown = _unnoticed
) -> AsyncIterator[LiveDraft]:
    """Publish in the background while the context is open, and the rest when it closes without an error."""
    draft = LiveDraft(publish, report, attempt, on_shown)
    async with beside(draft.publish_forever()):
        yield draft
    with suppress(TimeoutError):
        await asyncio.wait_for(draft.flush(), LAST_PUBLISH_TIMEOUT.total_seconds())
