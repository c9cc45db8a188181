"""How the workflow tells the world: signs of life on the side, drafts and endings for certain, in order."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import FailureError

from contracts.activities.notification import (
    Notification,
    NotificationActivities,
    ProgressActivities,
    ProgressNotice,
)
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
from orchestrator import policies


class Announcer:
    """Announces one report."""

    def __init__(self, traceparent: str | None) -> None:
        self._traceparent = traceparent
        self._notices = 0
        self._last_notice: asyncio.Task[None] | None = None

    def tell(self, progress: ReportProgress) -> None:
        """Announce progress in the background; the first notice is `report.started`."""
        self._notices += 1
        kind = ReportStarted if self._notices == 1 else ReportProgressed
        event = kind(
            workflow_id=progress.workflow_id,
            request_id=progress.request_id,
            tenant_id=progress.tenant_id,
            revision=progress.revision,
            progress=progress,
        )
        about = "" if self._notices == 1 else str(self._notices)
        notice = ProgressNotice(
            event_id=event_id(event.workflow_id, event.type, about),
            occurred_at=workflow.now(),
            traceparent=self._traceparent,
            event=event,
        )
        self._last_notice = asyncio.create_task(self._tell(notice, self._last_notice))

    async def _tell(self, notice: ProgressNotice, after: "asyncio.Task[None] | None") -> None:
        if after is not None:
            await after
        try:
            await workflow.execute_local_activity_method(
                ProgressActivities.announce_progress,
                notice,
                start_to_close_timeout=policies.ANNOUNCE_PROGRESS_TIMEOUT,
                retry_policy=policies.ANNOUNCE_PROGRESS_RETRY,
            )
        except FailureError:
            workflow.logger.warning("progress not announced")

    async def send(
        self, event: ReportDraftReady | ReportCompleted | ReportFailed | ReportCancelled, about: str = ""
    ) -> None:
        """Announce a draft or an ending, and return when the stream has it."""
        if self._last_notice is not None:
            await self._last_notice
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
