"""What a call shows of itself while it is made: its tokens, what they cost, and what it waits for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.exceptions import ApplicationError

from contracts.activities.waiting import WaitsFor
from contracts.failures import FailureCode
from contracts.live import LiveStatus, LiveWait, LiveWaitReason
from contracts.reports import ReportKey, Step
from llm_worker.bills import NO_BILL, Accountant, Bill, estimate
from llm_worker.heartbeat import Sighting
from llm_worker.prompts import Conversation
from runtime.live_status import PublishStatus, retry_wait, showing

_WAITS = {
    WaitsFor.DATABASE: (LiveWaitReason.DATABASE, "The database does not answer."),
    WaitsFor.ARTIFACT_STORE: (LiveWaitReason.ARTIFACT_STORE, "The artifact store does not answer."),
}
_GOES_ON = "The work goes on as soon as it does."


@dataclass
class LiveView:
    """One attempt as watchers see it; the sighting tells how far its open call is."""

    report: ReportKey
    attempt: int
    sighting: Sighting
    accountant: Accountant
    earlier: Bill | None = None
    """What the revision's closed calls came to; None until that is known."""
    estimated: bool = False
    """Whether a part of `earlier` is an estimate."""
    asked: Conversation | None = None
    """What was asked in the call that is open."""
    failed: LiveWait | None = None

    def opened(self, asked: Conversation) -> None:
        """Show that a call is open."""
        self.asked = asked

    def closed(self, bill: Bill, *, estimated: bool) -> None:
        """Show that no call is open any more, and what all of them came to."""
        self.asked, self.earlier, self.estimated = None, bill, estimated

    def fail(self, error: Exception) -> None:
        """Show that the attempt has failed and is followed by another, if it is."""
        asked_to_wait = isinstance(error, ApplicationError) and (
            error.type == FailureCode.PROVIDER_RATE_LIMITED
            or (error.type in set(FailureCode) and error.next_retry_delay is not None)
        )
        self.failed = retry_wait(error, LiveWaitReason.RATE_LIMIT if asked_to_wait else LiveWaitReason.RETRY)

    def look(self) -> LiveStatus | None:
        """Give the status of this moment; None while there is nothing to be seen yet."""
        wait = self.failed or self._wait()
        if self.earlier is None and wait is None:
            return None
        bill = self.earlier or NO_BILL
        if self.asked is not None:
            bill = bill + self.accountant.bill(estimate(self.asked, self.sighting.received_characters))
        return LiveStatus(
            workflow_id=self.report.workflow_id,
            tenant_id=self.report.tenant_id,
            revision=self.report.revision,
            step=Step.LLM_CALL,
            attempt=self.attempt,
            wait=wait,
            usage=bill.usage,
            usage_estimated=self.estimated or self.asked is not None,
            cost_usd=bill.cost_usd,
            occurred_at=datetime.now(UTC),
        )

    def _wait(self) -> LiveWait | None:
        if self.sighting.waiting_for is None:
            return None
        reason, message = _WAITS[self.sighting.waiting_for]
        return LiveWait(reason=reason, message=f"{message} {_GOES_ON}")


@asynccontextmanager
async def shown(tell: PublishStatus, view: LiveView) -> AsyncIterator[None]:
    """Show one attempt to watchers while the context is open, and that it is tried again when it fails."""
    async with showing(tell, view.look):
        try:
            yield
        except Exception as error:
            view.fail(error)
            raise
