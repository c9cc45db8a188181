"""How the workflow tells the world: signs of life on the side, drafts and endings for certain."""

from temporalio import workflow

from contracts.activities.notification import Notification, NotificationActivities
from contracts.events import (
    ReportCancelled,
    ReportCompleted,
    ReportDraftReady,
    ReportFailed,
    ReportProgressed,
    ReportStarted,
    event_id,
)
from contracts.reports import ReportProgress
from orchestrator import policies, signs_of_life
from orchestrator.signs_of_life import SignOfLife


class Announcer:
    """Announces one report."""

    def __init__(self, traceparent: str | None) -> None:
        self._traceparent = traceparent
        self._signs = 0

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

    async def send(
        self, event: ReportDraftReady | ReportCompleted | ReportFailed | ReportCancelled, about: str = ""
    ) -> None:
        """Announce a draft or an ending, and return when the stream has it."""
        notification = Notification(
            event_id=event_id(event.workflow_id, event.type, about),
            occurred_at=workflow.now(),
            traceparent=self._traceparent,
            event=event,
        )
        await workflow.execute_activity_method(
            NotificationActivities.send_notification,
            notification,
            summary=event.type,
            **policies.SEND_NOTIFICATION.options(),
        )
