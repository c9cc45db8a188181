"""HTTP → command: a request is accepted once the bus has confirmed that it holds the command."""

from uuid import UUID, uuid4, uuid5

from structlog.contextvars import bind_contextvars

from contracts.commands import GenerateReport
from contracts.subjects import REQUESTS_STREAM, gateway_request
from gateway.commands import KeyReusedError, OutcomeUnknownError, first_on
from gateway.connections import BusLink
from gateway.metrics import REPORT_REQUESTS
from runtime import tracing
from runtime.tracing import Kind

# Never change it: the same key must name the same request for ever.
_REQUEST_IDS = UUID("9c7c5b0e-6d0c-4f0f-9d0a-5b1c7f4a2e31")


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
        bind_contextvars(request_id=command.request_id, workflow_id=command.workflow_id)
        outcome = "error"
        try:
            with tracing.span(f"send {REQUESTS_STREAM}", Kind.PRODUCER, SENDING):
                told = command.model_copy(update={"traceparent": tracing.traceparent(command.traceparent)})
                standing = await first_on(self._link, gateway_request(command.request_id), told)
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
