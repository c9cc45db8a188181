"""From a command on the bus to a running workflow; acknowledged only when Temporal has it."""

from datetime import UTC, datetime, timedelta

import structlog
from faststream.exceptions import NackMessage
from faststream.nats import NatsBroker, NatsMessage
from nats.aio.msg import Msg
from pydantic import ValidationError
from temporalio.service import RPCError

from contracts import subjects
from contracts.commands import GenerateReport
from contracts.events import Occurrence, ReportAccepted, envelope, event_id
from orchestrator.announcements import EVENT_SOURCE
from orchestrator.metrics import INTAKE_LAG, INTAKE_MESSAGES
from orchestrator.rejections import Rejections, rejection_of
from orchestrator.starting import Starter, parse_request
from runtime import consumers, fault_points
from runtime.bus import Bus, BusUnavailableError

MAX_IN_FLIGHT = 16
REDELIVERY_DELAY = timedelta(seconds=2)
# A message that breaks the code itself is given up after this many deliveries; an outage is not its fault.
MAX_UNEXPECTED_FAILURES = 5

log = structlog.get_logger(__name__)


class Intake:
    """Turns each request message into exactly one workflow."""

    def __init__(self, bus: Bus, starter: Starter) -> None:
        self._bus = bus
        self._starter = starter
        self._rejections = Rejections(bus)

    def subscribe(self, broker: NatsBroker) -> None:
        """Bind to the durable consumer that the setup step made."""
        consumers.subscribe(
            broker,
            self.receive,
            subject=subjects.ALL_REQUESTS,
            stream=subjects.REQUESTS_STREAM,
            durable=subjects.INTAKE_DURABLE,
            max_in_flight=MAX_IN_FLIGHT,
        )

    async def receive(self, message: NatsMessage) -> None:
        """Start the workflow and acknowledge; an outage brings the message back, poison is set aside."""
        try:
            async with consumers.kept(message):
                await self._handle(message.raw_message)
        except (RPCError, BusUnavailableError) as error:
            log.warning("intake.waiting", error=str(error))
            INTAKE_MESSAGES.labels(outcome="postponed").inc()
            await message.nack(delay=REDELIVERY_DELAY.total_seconds())
        except Exception as error:
            log.exception("intake.failed", subject=message.raw_message.subject)
            INTAKE_MESSAGES.labels(outcome="failed").inc()
            await self._give_up_or_retry(message, error)
        else:
            await message.ack()

    async def _handle(self, message: Msg) -> None:
        try:
            request = parse_request(message)
        except ValidationError as error:
            await self._rejections.reject(message, rejection_of(error))
            INTAKE_MESSAGES.labels(outcome="rejected").inc()
            return
        await fault_points.reach("intake.received")
        await self._announce(request, message)
        await fault_points.reach("intake.announced")
        started = await self._starter.start(request, message)
        INTAKE_MESSAGES.labels(outcome="started" if started else "repeated").inc()
        if started:
            INTAKE_LAG.observe((datetime.now(UTC) - message.metadata.timestamp).total_seconds())
        await fault_points.reach("intake.started")

    async def _announce(self, request: GenerateReport, message: Msg) -> None:
        accepted = ReportAccepted(
            workflow_id=request.workflow_id,
            request_id=request.request_id,
            tenant_id=request.tenant_id,
            producer=subjects.producer_of(message.subject),
            mode=request.mode,
        )
        occurrence = Occurrence(
            event_id=event_id(request.workflow_id, accepted.type),
            source=EVENT_SOURCE,
            occurred_at=message.metadata.timestamp,
            traceparent=request.traceparent,
        )
        await self._bus.publish(
            subjects.event(accepted.type), envelope(accepted, occurrence), message_id=occurrence.event_id
        )

    async def _give_up_or_retry(self, message: NatsMessage, error: Exception) -> None:
        raw = message.raw_message
        if raw.metadata.num_delivered < MAX_UNEXPECTED_FAILURES:
            await message.nack(delay=REDELIVERY_DELAY.total_seconds())
            return
        try:
            await self._rejections.reject(raw, self._rejections.exhausted(raw, error))
            INTAKE_MESSAGES.labels(outcome="rejected").inc()
        except BusUnavailableError as unavailable:
            raise NackMessage(delay=REDELIVERY_DELAY.total_seconds()) from unavailable
        await message.ack()
