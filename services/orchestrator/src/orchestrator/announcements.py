"""The local activity that tells the bus how far a report is."""

import structlog
from temporalio import activity

from contracts import subjects
from contracts.activities.notification import ANNOUNCE_PROGRESS, ProgressActivities, ProgressNotice
from contracts.events import Occurrence, envelope
from runtime import fault_points
from runtime.bus import Bus, BusUnavailableError

EVENT_SOURCE = "/durable-reports/orchestrator"

log = structlog.get_logger(__name__)


class Announcements(ProgressActivities):
    """Publishes `report.started` and `report.progress`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    @activity.defn(name=ANNOUNCE_PROGRESS)
    async def announce_progress(self, notice: ProgressNotice) -> None:
        """Put the event on the bus; the workflow goes on when it cannot be put there."""
        data = notice.event
        event = envelope(
            data,
            Occurrence(
                event_id=notice.event_id,
                source=EVENT_SOURCE,
                occurred_at=notice.occurred_at,
                traceparent=notice.traceparent,
            ),
        )
        await fault_points.reach("workflows.in_task")
        try:
            await self._bus.publish(subjects.event(data.type), event, message_id=notice.event_id)
        except BusUnavailableError as error:
            log.warning("progress.not_announced", workflow_id=data.workflow_id, error=str(error))
