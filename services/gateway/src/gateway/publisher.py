"""HTTP → command: a request is accepted once the bus has confirmed that it holds the command."""

from uuid import UUID, uuid4, uuid5

from nats.errors import Error as NatsError

from contracts.commands import GenerateReport
from contracts.subjects import REQUESTS_STREAM, gateway_request
from gateway.connections import BusLink
from gateway.metrics import REPORT_REQUESTS
from runtime import fault_points, tracing
from runtime.bus import BusUnavailableError, SubjectTakenError
from runtime.tracing import Kind

# Never change it: the same key must name the same request for ever.
_REQUEST_IDS = UUID("9c7c5b0e-6d0c-4f0f-9d0a-5b1c7f4a2e31")


class OutcomeUnknownError(Exception):
    """The bus did not confirm the command; it may hold it or not."""


class KeyReusedError(Exception):
    """The idempotency key already stands for another command."""


def request_id_for(tenant_id: str, idempotency_key: str | None) -> str:
    """Give the id of a request: always the same for a tenant's key, a new one without a key."""
    return str(uuid5(_REQUEST_IDS, f"{tenant_id}\n{idempotency_key}") if idempotency_key else uuid4())


SENDING = {"messaging.system": "nats", "messaging.destination.name": REQUESTS_STREAM}


class Publisher:
    """Puts commands on the bus, at most one for each request id."""

    def __init__(self, link: BusLink) -> None:
        self._link = link

    async def publish(self, command: GenerateReport) -> GenerateReport:
        """Publish a command and give the one that stands for its request id, this or an equal earlier one.

        Raises:
            OutcomeUnknownError: not confirmed; repeating with the same request id is safe.
            KeyReusedError: another command stands for this request id.

        """
        outcome = "error"
        try:
            with tracing.span(f"send {REQUESTS_STREAM}", Kind.PRODUCER, SENDING):
                told = command.model_copy(update={"traceparent": tracing.traceparent(command.traceparent)})
                standing = await self._publish(told)
            outcome = "accepted"
        except OutcomeUnknownError:
            outcome = "unconfirmed"
            raise
        except KeyReusedError:
            outcome = "key_reused"
            raise
        finally:
            REPORT_REQUESTS.labels(outcome=outcome).inc()
        return standing

    async def _publish(self, command: GenerateReport) -> GenerateReport:
        await fault_points.reach("gateway.before_publish")
        try:
            await self._link.bus.publish_first(gateway_request(command.request_id), command)
        except SubjectTakenError:
            return await self._standing(command)
        except BusUnavailableError as error:
            raise OutcomeUnknownError(str(error)) from error
        await fault_points.reach("gateway.published")
        return command

    async def _standing(self, command: GenerateReport) -> GenerateReport:
        subject = gateway_request(command.request_id)
        try:
            message = await self._link.bus.jetstream.get_last_msg(subject.stream, subject.name)
        except (NatsError, OSError) as error:
            raise OutcomeUnknownError(type(error).__name__) from error
        standing = GenerateReport.model_validate_json(message.data or b"")
        if _asked(standing) != _asked(command):
            raise KeyReusedError(command.request_id)
        return standing


def _asked(command: GenerateReport) -> dict[str, object]:
    return command.model_dump(exclude={"requested_at", "traceparent"})
