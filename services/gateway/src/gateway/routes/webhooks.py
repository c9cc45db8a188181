"""Webhook endpoints and their deliveries; the notifier owns both."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from litestar import Response, delete, get, post
from litestar.params import Parameter
from litestar.status_codes import HTTP_201_CREATED, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts.webhooks import (
    DEFAULT_WEBHOOK_EVENTS,
    DELETE_ENDPOINT,
    LIST_DELIVERIES,
    LIST_ENDPOINTS,
    REGISTER_ENDPOINT,
    REPLAY_DELIVERY,
    Deleted,
    DeleteEndpoint,
    Delivery,
    DeliveryList,
    Description,
    EndpointList,
    ListDeliveries,
    ListEndpoints,
    RegisteredEndpoint,
    RegisterEndpoint,
    ReplayDelivery,
    WebhookEventType,
)
from gateway.errors.problems import FieldError, Problem, invalid_input, unavailable
from gateway.notifier import Notifier, NotifierRefusedError, NotifierUnavailableError
from gateway.openapi import BODY_REFUSED, INVALID, NOT_FOUND, UNAVAILABLE
from gateway.routes.parameters import json_only

DELIVERIES = 50
MAX_DELIVERIES = 200


class EndpointRequest(BaseModel):
    """Where to deliver which events."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    event_types: list[WebhookEventType] = Field(default=list(DEFAULT_WEBHOOK_EVENTS), min_length=1)
    description: Description = ""


@post(
    "/api/webhooks",
    status_code=HTTP_201_CREATED,
    guards=[json_only],
    responses=BODY_REFUSED | UNAVAILABLE,
    tags=["webhooks"],
)
async def register(data: EndpointRequest, tenant_id: str, notifier: Notifier) -> RegisteredEndpoint:
    """Register an endpoint; the secret in the answer is shown this once."""
    request = RegisterEndpoint(tenant_id=tenant_id, **data.model_dump())
    with _answering():
        return await notifier.ask(REGISTER_ENDPOINT, request, RegisteredEndpoint)


@get("/api/webhooks", responses=UNAVAILABLE, tags=["webhooks"])
async def list_endpoints(tenant_id: str, notifier: Notifier) -> EndpointList:
    """List the endpoints, oldest first."""
    with _answering():
        return await notifier.ask(LIST_ENDPOINTS, ListEndpoints(tenant_id=tenant_id), EndpointList)


@delete(
    "/api/webhooks/{endpoint_id:str}",
    status_code=HTTP_204_NO_CONTENT,
    responses=NOT_FOUND | UNAVAILABLE,
    tags=["webhooks"],
)
async def delete_endpoint(endpoint_id: str, tenant_id: str, notifier: Notifier) -> None:
    """Stop deliveries to an endpoint and forget it."""
    with _answering():
        request = DeleteEndpoint(tenant_id=tenant_id, endpoint_id=endpoint_id)
        await notifier.ask(DELETE_ENDPOINT, request, Deleted)


@get(
    "/api/webhooks/{endpoint_id:str}/deliveries",
    responses=INVALID | NOT_FOUND | UNAVAILABLE,
    tags=["webhooks"],
)
async def list_deliveries(
    endpoint_id: str,
    tenant_id: str,
    notifier: Notifier,
    limit: Annotated[int, Parameter(ge=1, le=MAX_DELIVERIES)] = DELIVERIES,
) -> DeliveryList:
    """List the newest deliveries to an endpoint."""
    return await newest_deliveries(tenant_id, endpoint_id, notifier, limit)


async def newest_deliveries(
    tenant_id: str, endpoint_id: str, notifier: Notifier, limit: int = DELIVERIES
) -> DeliveryList:
    """Ask for the newest deliveries to an endpoint.

    Raises:
        Problem: there is no such endpoint, or the notifier does not answer.

    """
    request = ListDeliveries(tenant_id=tenant_id, endpoint_id=endpoint_id, limit=limit)
    with _answering():
        return await notifier.ask(LIST_DELIVERIES, request, DeliveryList)


@post(
    "/api/webhooks/deliveries/{delivery_id:str}/replay",
    status_code=HTTP_202_ACCEPTED,
    responses=NOT_FOUND | UNAVAILABLE,
    tags=["webhooks"],
)
async def replay_delivery(delivery_id: str, tenant_id: str, notifier: Notifier) -> Response[Delivery]:
    """Deliver an event once more, under the same webhook id."""
    with _answering():
        request = ReplayDelivery(tenant_id=tenant_id, delivery_id=delivery_id)
        return Response(await notifier.ask(REPLAY_DELIVERY, request, Delivery))


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except NotifierUnavailableError as error:
        detail = (
            "The notifier does not answer; it may or may not have done what was asked. Try again shortly."
        )
        raise unavailable("notifier", detail) from error
    except NotifierRefusedError as error:
        refusal = error.refusal
        if refusal.error == "not_found":
            raise Problem(404, "not-found", "There is no such thing", refusal.detail) from error
        field = refusal.field or "(body)"
        raise invalid_input([FieldError(field=field, detail=refusal.detail)]) from error
