"""What a running step shows of itself to those who watch now. Its trouble is never the step's trouble."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
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
_WRITTEN_FOR_PEOPLE = {code.value for code in FailureCode}

PublishStatus = Callable[[Subject[LiveStatus], LiveStatus], Awaitable[bool]]
"""Sends without confirmation; False when it could not be sent."""

Look = Callable[[], LiveStatus | None]
"""Gives the whole picture of this moment; None while there is nothing to be seen."""

log = structlog.get_logger(__name__)


class StatusBoard:
    """Publishes what `look` sees whenever it has changed; that time has passed is no change."""

    def __init__(self, publish: PublishStatus, look: Look) -> None:
        self._publish = publish
        self._look = look
        self._shown: LiveStatus | None = None

    async def publish_forever(self) -> None:
        """Look twice a second, until cancelled."""
        while True:
            await self.flush()
            await asyncio.sleep(PUBLISH_INTERVAL.total_seconds())

    async def flush(self) -> None:
        """Publish what has changed; what the bus does not take is looked at again the next time."""
        status = self._look()
        if status is None:
            return
        if self._shown is not None:
            unchanged = status.model_copy(update={"occurred_at": self._shown.occurred_at})
            if unchanged == self._shown:
                return
        if await publish_status(self._publish, status):
            self._shown = status


@asynccontextmanager
async def showing(publish: PublishStatus, look: Look) -> AsyncIterator[None]:
    """Publish what `look` sees while the context is open, and once more at its end unless it is cancelled."""
    board = StatusBoard(publish, look)
    try:
        async with beside(board.publish_forever()):
            yield
    except asyncio.CancelledError:
        raise
    except BaseException:
        await _last(board)
        raise
    else:
        await _last(board)


async def _last(board: StatusBoard) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(board.flush(), LAST_PUBLISH_TIMEOUT.total_seconds())


async def publish_status(publish: PublishStatus, status: LiveStatus) -> bool:
    """Publish one status; False when it could not be sent, for whatever reason."""
    try:
        return await publish(live_status(status.workflow_id), status)
    except Exception:
        # Whatever it is, a step must not fail for those who watch it.
        log.warning("live_status.failed", exc_info=True)
        return False


async def to_nobody(_subject: Subject[LiveStatus], _status: LiveStatus) -> bool:
    """Publish where nobody watches."""
    return True


@asynccontextmanager
async def retries_told(publish: PublishStatus, look: Callable[[LiveWait], LiveStatus]) -> AsyncIterator[None]:
    """Tell when what the context does has failed and is tried again: `look` is given the retry."""
    try:
        yield
    except Exception as error:
        wait = retry_wait(error)
        if wait is not None:
            await publish_status(publish, look(wait))
        raise


def retry_wait(error: Exception, reason: LiveWaitReason = LiveWaitReason.RETRY) -> LiveWait | None:
    """Say that the running activity, which fails with `error`, is tried again; None when it is not."""
    info = activity.info()
    policy = info.retry_policy
    told = error if isinstance(error, ApplicationError) else None
    if told is not None and told.non_retryable:
        return None
    if policy is not None and 0 < policy.maximum_attempts <= info.attempt:
        return None
    message = f"The step {info.activity_type} did not succeed yet; it is tried again."
    if told is not None and told.type in _WRITTEN_FOR_PEOPLE:
        message = told.message
    delay = told.next_retry_delay if told is not None else None
    if delay is None and policy is not None:
        longest = policy.maximum_interval or 100 * policy.initial_interval
        # A large exponent would overflow long after the longest interval is reached.
        growth = policy.backoff_coefficient ** min(info.attempt - 1, 30)
        delay = min(policy.initial_interval * growth, longest)
    return LiveWait(
        reason=reason, message=message, until=None if delay is None else datetime.now(UTC) + delay
    )
