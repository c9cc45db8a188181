"""Requests to the notifier about webhook endpoints, answered over NATS request/reply.

The notifier owns endpoints and deliveries; the gateway only translates HTTP to these requests.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints

from contracts.events import EventType
from contracts.identifiers import DEFAULT_TENANT, TenantId
from contracts.model import WireModel
from contracts.text import printable

REGISTER_ENDPOINT = "webhooks.v1.endpoint.register"
LIST_ENDPOINTS = "webhooks.v1.endpoint.list"
DELETE_ENDPOINT = "webhooks.v1.endpoint.delete"
LIST_DELIVERIES = "webhooks.v1.delivery.list"
REPLAY_DELIVERY = "webhooks.v1.delivery.replay"

WebhookEventType = Literal[
    EventType.COMPLETED,
    EventType.FAILED,
    EventType.CANCELLED,
    EventType.DRAFT_READY,
    EventType.REVIEW_REMINDER,
    EventType.PAUSED,
    EventType.RESUMED,
]
WEBHOOK_EVENT_TYPES: tuple[WebhookEventType, ...] = get_args(WebhookEventType)
DEFAULT_WEBHOOK_EVENTS: tuple[WebhookEventType, ...] = (EventType.COMPLETED, EventType.FAILED)

Description = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(printable)
]
# Ids come from paths that anyone can write.
IdText = Annotated[str, AfterValidator(printable)]


class Endpoint(WireModel):
    """A registered webhook endpoint; its secret is shown once, at registration."""

    endpoint_id: str
    tenant_id: TenantId = DEFAULT_TENANT
    url: str
    event_types: list[WebhookEventType]
    description: str = ""
    created_at: datetime


class RegisteredEndpoint(Endpoint):
    """The answer to a registration; `secret` is `whsec_` and base64, as Standard Webhooks has it."""

    secret: str


class RegisterEndpoint(WireModel):
    """Ask for deliveries of `event_types` to `url` (http or https)."""

    tenant_id: TenantId = DEFAULT_TENANT
    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    event_types: list[WebhookEventType] = Field(default=list(DEFAULT_WEBHOOK_EVENTS), min_length=1)
    description: Description = ""


class ListEndpoints(WireModel):
    """Ask for a tenant's endpoints."""

    tenant_id: TenantId = DEFAULT_TENANT


class EndpointList(WireModel):
    """A tenant's endpoints, oldest first."""

    endpoints: list[Endpoint]


class DeleteEndpoint(WireModel):
    """Stop deliveries to an endpoint and forget it."""

    tenant_id: TenantId = DEFAULT_TENANT
    endpoint_id: IdText


class Deleted(WireModel):
    """The endpoint is gone."""

    endpoint_id: str


class DeliveryState(StrEnum):
    """How far a delivery is."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(WireModel):
    """One event on its way to one endpoint; `webhook_id` is the same on every attempt."""

    delivery_id: str
    webhook_id: str
    endpoint_id: str
    event_type: EventType
    workflow_id: str
    state: DeliveryState
    attempts: int
    last_status_code: int | None = None
    last_error: str | None = None
    created_at: datetime
    updated_at: datetime


class ListDeliveries(WireModel):
    """Ask for the newest deliveries to an endpoint."""

    tenant_id: TenantId = DEFAULT_TENANT
    endpoint_id: IdText
    limit: int = Field(default=50, ge=1, le=200)


class DeliveryList(WireModel):
    """Deliveries, newest first."""

    deliveries: list[Delivery]


class ReplayDelivery(WireModel):
    """Deliver the same event to the same endpoint once more, under the same webhook id."""

    tenant_id: TenantId = DEFAULT_TENANT
    delivery_id: IdText


class RequestRefused(WireModel):
    """The answer when a request cannot be met: `field` names what is wrong, `detail` the remedy."""

    error: Literal["not_found", "invalid"]
    detail: str
    field: str | None = None
