"""The activities of the announcer and of the dispatcher."""

from datetime import UTC, datetime

from pydantic import BaseModel, ValidationError
from temporalio import activity

from contracts import subjects
from contracts.activities.notification import Notification, NotificationActivities
from contracts.events import Occurrence, envelope
from contracts.reports import Step
from contracts.webhooks import DeliveryState
from notifier import metrics
from notifier.channels.standard_webhooks import StandardWebhooks
from notifier.deliveries import Deliveries
from notifier.workflows.interface import (
    DELIVER_WEBHOOK,
    RECORD_DELIVERY,
    Attempt,
    DeliveryActivities,
    DeliveryKey,
    DeliveryRecord,
    Verdict,
)
from runtime import durable, fault_points, tracing
from runtime.bus import Bus

EVENT_SOURCE = "/durable-reports/notifier"


class Announcements(NotificationActivities):
    """Publishes what ends a report, and drafts that wait for a decision."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    @activity.defn(name=Step.SEND_NOTIFICATION)
    async def send_notification(self, notification: Notification) -> None:
        """Put the event on the bus, confirmed by the stream.

        Every attempt publishes the same bytes under the same message id, so a repeat changes nothing.

        Raises:
            BusUnavailableError: not confirmed; Temporal tries again.

        """
        data = notification.event
        occurrence = Occurrence(
            event_id=notification.event_id,
            source=EVENT_SOURCE,
            occurred_at=notification.occurred_at,
            traceparent=tracing.traceparent(notification.traceparent),
        )
        await fault_points.reach("announcer.before_publish")
        await self._bus.publish(
            subjects.event(data.type), envelope(data, occurrence), message_id=occurrence.event_id
        )
        await fault_points.reach("announcer.published")
        metrics.ANNOUNCEMENTS.labels(event_type=data.type.value).inc()


class WebhookDeliveries(DeliveryActivities):
    """Attempts and their records."""

    def __init__(self, deliveries: Deliveries, channel: StandardWebhooks) -> None:
        self._deliveries = deliveries
        self._channel = channel

    @activity.defn(name=DELIVER_WEBHOOK)
    async def deliver_webhook(self, delivery: DeliveryKey) -> Attempt:
        """Make one HTTP attempt; whatever the endpoint does is a result, not an error."""
        message = await self._deliveries.message(delivery)
        if message is None:
            return Attempt(verdict=Verdict.STOP, error="the endpoint was deleted")
        async with durable.heartbeating():
            await fault_points.reach("dispatcher.before_delivery")
            if message.is_first:
                _note_delay(message.body)
            with metrics.ATTEMPT_SECONDS.time():
                attempt = await self._channel.send(message)
            await fault_points.reach("dispatcher.delivered")
        metrics.ATTEMPTS.labels(verdict=attempt.verdict.value).inc()
        return attempt

    @activity.defn(name=RECORD_DELIVERY)
    async def record_delivery(self, record: DeliveryRecord) -> None:
        """Write the delivery's state to its row; a row that is gone was deleted with its endpoint."""
        await self._deliveries.record(record)
        await fault_points.reach("dispatcher.recorded")
        if record.state is not DeliveryState.PENDING:
            metrics.DELIVERIES.labels(state=record.state.value).inc()


class _Told(BaseModel):
    timestamp: datetime


def _note_delay(body: str) -> None:
    try:
        happened_at = _Told.model_validate_json(body).timestamp
    except ValidationError:
        return
    if happened_at.tzinfo is not None:
        metrics.FIRST_ATTEMPT_DELAY.observe((datetime.now(UTC) - happened_at).total_seconds())
