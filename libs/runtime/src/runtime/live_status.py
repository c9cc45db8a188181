"""What a running step shows of itself to those who watch now. Its trouble is never the step's trouble."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from contracts.failures import FailureCode
from contracts.live import LiveStatus, LiveWait, LiveWaitReason
from contracts.subjects import Subject, live_status
from runtime.background import beside

PUBLISH_INTERVAL = timedelta(milliseconds=500)
LAST_PUBLISH_TIMEOUT = timedelta(milliseconds=500)
# Only failures of our own naming are written for people; others may tell of the inside.
_CODES = {code.value for code in FailureCode}

PublishStatus = Callable[[Subject[LiveStatus], LiveStatus], Awaitable[bool]]
"""Sends without confirmation; False when it could not be sent."""

log = structlog.get_logger(__name__)


class StatusBoard:
    """Publishes what `look` sees whenever it has changed; the time alone is no change."""

    def __init__(self, publish: PublishStatus, look: Callable[[], LiveStatus]) -> None:
        self._publish = publish
        self._look = look
        self._shown: LiveStatus | None = None

    async def publish_forever(self) -> None:
        """Look twice a second, until cancelled."""
        while True:
            await self.flush()
            await asyncio.sleep(PUBLISH_INTERVAL.total_seconds())

    async def flush(self) -> None:
        """Publish what has changed; what the bus does not take is seen again the next time."""
        status = self._look()
        if self._shown == status.model_copy(update={"occurred_at": self._shown.occurred_at}) if self._shown else False:
            return
        if await self._sent(status):
            self._shown = status

    async def _sent(self, status: LiveStatus) -> bool:
        try:
            return await self._publish(live_status(status.workflow_id), status)
        except Exception:
            # Whatever it is, a step must not fail for those who watch it.
            log.warning("live_status.failed", exc_info=True)
            return False
