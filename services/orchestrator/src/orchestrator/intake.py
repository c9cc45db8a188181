"""From a request on the bus to a running workflow; acknowledged only when Temporal has it."""

from datetime import UTC, datetime

from faststream.nats import NatsBroker
from nats.aio.msg import Msg
from pydantic import ValidationError

from contracts import subjects
from contracts.commands import GenerateReport
from orchestrator.acceptance import announce_accepted
from orchestrator.command_consumer import CommandConsumer
from orchestrator.metrics import INTAKE_LAG, INTAKE_MESSAGES
from orchestrator.rejections import rejection_of
from orchestrator.starting import Starter, parse_request
from runtime import consumers, fault_points
from runtime.bus import Bus

MAX_IN_FLIGHT = 16


class Intake(CommandConsumer):
    """Turns each request message into exactly one workflow."""

    def __init__(self, bus: Bus, starter: Starter) -> None:
        super().__init__(bus)
        self._starter = starter

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

    async def handle(self, message: Msg) -> None:
        """Announce and start the report."""
        try:
            request = parse_request(message)
        except ValidationError as error:
            await self._rejections.reject(message, rejection_of(error))
            INTAKE_MESSAGES.labels(outcome="rejected").inc()
            return
        with consumers.about(
            subjects.INTAKE_DURABLE,
            request.traceparent,
            request_id=request.request_id,
            workflow_id=request.workflow_id,
        ):
            await self._accept(request, message)

    async def _accept(self, request: GenerateReport, message: Msg) -> None:
        await fault_points.reach("intake.received")
        producer = subjects.producer_of(message.subject)
        await announce_accepted(self._bus, request, producer, message.metadata.timestamp)
        await fault_points.reach("intake.announced")
        started = await self._starter.start(request, message)
        INTAKE_MESSAGES.labels(outcome="started" if started else "repeated").inc()
        if started:
            INTAKE_LAG.observe((datetime.now(UTC) - message.metadata.timestamp).total_seconds())
        await fault_points.reach("intake.started")
