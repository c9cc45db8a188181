"""What every consumer of commands does with its messages: acknowledge, wait out an outage, or give up."""

from abc import ABC, abstractmethod
from datetime import timedelta

import structlog
from faststream.exceptions import NackMessage
from faststream.nats import NatsMessage
from nats.aio.msg import Msg
from temporalio.service import RPCError

from orchestrator.metrics import INTAKE_MESSAGES
from orchestrator.rejections import Rejections
from runtime import consumers
from runtime.bus import Bus, BusUnavailableError

REDELIVERY_DELAY = timedelta(seconds=2)
# A message that breaks the code itself is given up after this many deliveries; an outage is not its fault.
MAX_UNEXPECTED_FAILURES = 5

log = structlog.get_logger(__name__)


class CommandConsumer(ABC):
    """Has each message handled, as often as it takes."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._rejections = Rejections(bus)

    @abstractmethod
    async def handle(self, message: Msg) -> None:
        """Do what a message asks, or set it aside with its reason; doing it again changes nothing.

        Raises:
            RPCError: Temporal does not answer.
            BusUnavailableError: the bus did not confirm.

        """

    async def receive(self, message: NatsMessage) -> None:
        """Handle a message and acknowledge it; an outage brings it back, poison is set aside."""
        try:
            async with consumers.kept(message):
                await self.handle(message.raw_message)
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
