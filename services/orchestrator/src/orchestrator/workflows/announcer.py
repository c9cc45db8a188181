"""How the workflow tells the world: signs of life on the side, all that counts for certain."""

from functools import partial

from temporalio import workflow

from contracts.activities.notification import Notification, NotificationActivities
from contracts.events import (
    ReportCancelled,
    ReportCompleted,
    ReportDraftReady,
    ReportFailed,
    ReportPaused,
    ReportProgressed,
    ReportResumed,
    ReportReviewReminder,
    ReportStarted,
    event_id,
)
from contracts.reports import ReportProgress
from orchestrator import policies, signs_of_life
from orchestrator.signs_of_life import SignOfLife
from orchestrator.workflows.in_order import InOrder

CertainEvent = (
    ReportDraftReady
    | ReportReviewReminder
    | ReportPaused
    | ReportResumed
    | ReportCompleted
    | ReportFailed
    | ReportCancelled
)


class Announcer:
    """Announces one report."""

    def __init__(self, traceparent: str | None) -> None:
        self._traceparent = traceparent
        self._signs = 0
        self._line = InOrder()

    def tell(self, progress: ReportProgress) -> None:
        """Give a sign of life; the first is `report.started`."""
        self._signs += 1
        kind = ReportStarted if self._signs == 1 else ReportProgressed
        event = kind(
            workflow_id=progress.workflow_id,
            request_id=progress.request_id,
            tenant_id=progress.tenant_id,
            revision=progress.revision,
            progress=progress,
        )
        about = "" if self._signs == 1 else str(self._signs)
        sign = SignOfLife(
            event=event,
            event_id=event_id(event.workflow_id, event.type, about),
            occurred_at=workflow.now(),
            traceparent=self._traceparent,
        )
        signs_of_life.emit(sign)

    async def send(self, event: CertainEvent, about: str = "") -> None:
        """Announce, and return when the stream has it, after all that was to be announced before."""
        await self._line.now(partial(_send, self._notification(event, about)))

    def send_in_background(self, event: CertainEvent, about: str) -> None:
        """Announce while the report goes on."""
        self._line.later(partial(_send, self._notification(event, about)))

    def _notification(self, event: CertainEvent, about: str) -> Notification:
        return Notification(
            event_id=event_id(event.workflow_id, event.type, about),
            occurred_at=workflow.now(),
            traceparent=self._traceparent,
            event=event,
        )


async def _send(notification: Notification) -> None:
    await workflow.execute_activity_method(
        NotificationActivities.send_notification,
        notification,
        summary=notification.event.type,
        **policies.SEND_NOTIFICATION.options(),
    )
