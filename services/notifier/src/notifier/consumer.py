"""From an event on the bus to one delivery for each endpoint that wants it."""

import base64
from datetime import UTC, datetime

import structlog
from faststream.nats import NatsBroker, NatsMessage
from temporalio.service import RPCError

from contracts import subjects
from contracts.dead_letters import DeadLetter
from contracts.failures import RejectionReason
from notifier import metrics
from notifier.deliveries import Deliveries
from notifier.endpoints import Endpoints
from notifier.policies import MAX_UNEXPECTED_FAILURES, postponement
from notifier.runs import DeliveryRuns
from notifier.webhook_event import UnusableEventError, WebhookEvent, parse_event
from runtime import consumers, fault_points
from runtime.bus import Bus, BusUnavailableError
from runtime.database import PASSING_ERRORS

CONCURRENT_EVENTS = 8

log = structlog.get_logger(__name__)


class EventConsumer:
    """Acknowledges an event once Temporal has all its deliveries, or the dead letters have the event."""

    def __init__(self, bus: Bus, endpoints: Endpoints, deliveries: Deliveries, runs: DeliveryRuns) -> None:
        self._bus = bus
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._runs = runs

    def subscribe(self, broker: NatsBroker) -> None:
        """Bind to the durable consumer that the setup step made."""
        consumers.subscribe(
            broker,
            self.on_event,
            subject=subjects.ALL_EVENTS,
            stream=subjects.EVENTS_STREAM,
            durable=subjects.DISPATCHER_DURABLE,
            max_in_flight=CONCURRENT_EVENTS,
        )

    async def on_event(self, message: NatsMessage) -> None:
        """Handle one message; it comes again if this fails or never ends."""
        try:
            async with consumers.kept(message):
                event = parse_event(message.body)
                with consumers.about(
                    subjects.DISPATCHER_DURABLE, event.traceparent, workflow_id=event.workflow_id
                ):
                    await self._dispatch(event)
        except UnusableEventError as error:
            await self._give_up(message, error.reason, str(error))
        except (RPCError, *PASSING_ERRORS) as error:
            await self._postpone(message, error)
        except Exception as error:  # noqa: BLE001 - whatever it was, the event is kept: again later, then a dead letter
            await self._postpone_or_give_up(message, error)
        else:
            await message.ack()
            metrics.EVENTS.labels(outcome="dispatched").inc()

    async def _dispatch(self, event: WebhookEvent) -> None:
        await fault_points.reach("dispatcher.received")
        for endpoint_id in await self._endpoints.subscribed(event.tenant_id, event.event_type):
            delivery = await self._deliveries.open(event, endpoint_id)
            if delivery is not None:
                await fault_points.reach("dispatcher.row_written")
                await self._runs.start(delivery)
        await fault_points.reach("dispatcher.started")

    async def _postpone_or_give_up(self, message: NatsMessage, error: Exception) -> None:
        if message.raw_message.metadata.num_delivered < MAX_UNEXPECTED_FAILURES:
            await self._postpone(message, error)
        else:
            await self._give_up(message, RejectionReason.DELIVERIES_EXHAUSTED, _told(error))

    async def _postpone(self, message: NatsMessage, error: Exception) -> None:
        deliveries = message.raw_message.metadata.num_delivered
        log.warning("event.postponed", deliveries=deliveries, error=_told(error))
        metrics.EVENTS.labels(outcome="postponed").inc()
        await message.nack(delay=postponement(deliveries).total_seconds())

    async def _give_up(self, message: NatsMessage, reason: RejectionReason, detail: str) -> None:
        letter = _dead_letter(message, reason, detail)
        kind = letter.subject.rpartition(".")[2]
        try:
            await self._bus.publish(
                subjects.dead_letter("event", kind),
                letter,
                message_id=f"dispatcher:{letter.stream}:{letter.stream_sequence}",
            )
        except BusUnavailableError:
            await message.nack(delay=postponement(letter.deliveries).total_seconds())
            return
        log.error("event.dead_lettered", reason=reason, detail=detail, sequence=letter.stream_sequence)
        metrics.EVENTS.labels(outcome="dead_lettered").inc()
        await message.reject()


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _dead_letter(message: NatsMessage, reason: RejectionReason, detail: str) -> DeadLetter:
    raw = message.raw_message
    return DeadLetter(
        subject=raw.subject,
        stream=raw.metadata.stream,
        stream_sequence=raw.metadata.sequence.stream,
        deliveries=raw.metadata.num_delivered,
        reason=reason,
        detail=detail,
        headers=dict(raw.headers or {}),
        payload_base64=base64.b64encode(raw.data).decode(),
        failed_at=datetime.now(UTC),
    )
