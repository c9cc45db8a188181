"""Answers to what the gateway asks about endpoints and deliveries."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from faststream.nats import NatsBroker, NatsMessage
from pydantic import ValidationError

from contracts import webhooks
from contracts.model import WireModel
from contracts.webhooks import RequestRefused
from notifier.channels.addresses import AddressDeniedError, NameUnknownError, resolve
from notifier.channels.targets import InvalidTargetError, parse_target, port_of
from notifier.deliveries import Deliveries
from notifier.endpoints import Endpoints
from notifier.runs import DeliveryRuns
from notifier.workflows.interface import DeliveryKey
from runtime import consumers

# Dispatchers with the same queue name share the requests.
QUEUE = "notifier"
CONCURRENT_REQUESTS = 8

log = structlog.get_logger(__name__)

RequestT = TypeVar("RequestT", bound=WireModel)


class WebhookRequests:
    """One method for each request; each answers with what was asked for or says why not."""

    def __init__(
        self,
        endpoints: Endpoints,
        deliveries: Deliveries,
        runs: DeliveryRuns,
        *,
        allow_private_addresses: bool,
    ) -> None:
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._runs = runs
        self._allow_private_addresses = allow_private_addresses

    def subscribe(self, broker: NatsBroker) -> None:
        """Answer on every request subject; dispatchers share the requests."""
        _answer(broker, webhooks.REGISTER_ENDPOINT, webhooks.RegisterEndpoint, self.register)
        _answer(broker, webhooks.LIST_ENDPOINTS, webhooks.ListEndpoints, self.list_endpoints)
        _answer(broker, webhooks.DELETE_ENDPOINT, webhooks.DeleteEndpoint, self.delete)
        _answer(broker, webhooks.LIST_DELIVERIES, webhooks.ListDeliveries, self.list_deliveries)
        _answer(broker, webhooks.REPLAY_DELIVERY, webhooks.ReplayDelivery, self.replay)

    async def register(self, wanted: webhooks.RegisterEndpoint) -> WireModel:
        """Add an endpoint; the answer is the only place where its secret is ever shown."""
        try:
            target = parse_target(wanted.url)
            await resolve(target.host, port_of(target), allow_private=self._allow_private_addresses)
        except InvalidTargetError as error:
            return _invalid("url", str(error))
        except AddressDeniedError as error:
            return _invalid("url", f"{error}. Use a public address.")
        except NameUnknownError as error:
            return _invalid("url", f"{error}. Check the host name.")
        return await self._endpoints.register(wanted)

    async def list_endpoints(self, wanted: webhooks.ListEndpoints) -> WireModel:
        """Give the tenant's endpoints."""
        return webhooks.EndpointList(endpoints=await self._endpoints.of_tenant(wanted.tenant_id))

    async def delete(self, wanted: webhooks.DeleteEndpoint) -> WireModel:
        """Forget an endpoint and its deliveries; those under way stop at their next attempt."""
        if not await self._endpoints.delete(wanted.tenant_id, wanted.endpoint_id):
            return _no_endpoint(wanted.endpoint_id)
        return webhooks.Deleted(endpoint_id=wanted.endpoint_id)

    async def list_deliveries(self, wanted: webhooks.ListDeliveries) -> WireModel:
        """Give an endpoint's newest deliveries."""
        if not await self._endpoints.exists(wanted.tenant_id, wanted.endpoint_id):
            return _no_endpoint(wanted.endpoint_id)
        found = await self._deliveries.newest(wanted.tenant_id, wanted.endpoint_id, wanted.limit)
        return webhooks.DeliveryList(deliveries=found)

    async def replay(self, wanted: webhooks.ReplayDelivery) -> WireModel:
        """Deliver once more under the same webhook id; one still under way is tried at once."""
        key = DeliveryKey(tenant_id=wanted.tenant_id, delivery_id=wanted.delivery_id)
        reopened = await self._deliveries.reopen(key)
        if reopened is None:
            return RequestRefused(
                error="not_found",
                field="delivery_id",
                detail=f"There is no delivery {wanted.delivery_id}; list the endpoint's deliveries for ids.",
            )
        delivery, run = reopened
        await self._runs.hasten(run)
        return delivery


def _answer(
    broker: NatsBroker,
    subject: str,
    request_type: type[RequestT],
    method: Callable[[RequestT], Awaitable[WireModel]],
) -> None:
    async def on_request(message: NatsMessage) -> bytes:
        try:
            request = request_type.model_validate_json(message.body)
        except ValidationError as error:
            return _encoded(_refused(error))
        try:
            return _encoded(await method(request))
        except Exception:
            # Without an answer the gateway says that it could not be done now.
            log.exception("request.failed", subject=subject)
            raise

    broker.subscriber(subject, queue=QUEUE, max_workers=CONCURRENT_REQUESTS, decoder=_undecoded)(
        consumers.measured(subject, on_request)
    )


async def _undecoded(message: NatsMessage) -> bytes:
    return message.body


def _encoded(answer: WireModel) -> bytes:
    return answer.model_dump_json().encode()


def _refused(error: ValidationError) -> RequestRefused:
    fault = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(part) for part in fault["loc"])
    return _invalid(name or None, f"{fault['msg']}.")


def _invalid(name: str | None, detail: str) -> RequestRefused:
    return RequestRefused(error="invalid", field=name, detail=detail)


def _no_endpoint(endpoint_id: str) -> RequestRefused:
    return RequestRefused(
        error="not_found",
        field="endpoint_id",
        detail=f"There is no endpoint {endpoint_id}; list the endpoints for their ids.",
    )
