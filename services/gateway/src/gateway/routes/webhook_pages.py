"""The page about webhooks, filled with the endpoints that there are when it is asked for."""

from litestar import Response, get

from contracts.webhooks import (
    DEFAULT_WEBHOOK_EVENTS,
    LIST_ENDPOINTS,
    WEBHOOK_EVENT_TYPES,
    EndpointList,
    ListEndpoints,
)
from gateway.notifier import Notifier, NotifierUnavailableError
from gateway.routes.filling import filled
from gateway.routes.webhooks import newest_deliveries


@get("/webhooks", include_in_schema=False)
async def webhooks_page(tenant_id: str, notifier: Notifier) -> Response[bytes]:
    """Serve the page about webhooks."""
    try:
        found = await notifier.ask(LIST_ENDPOINTS, ListEndpoints(tenant_id=tenant_id), EndpointList)
        endpoints = found.endpoints
    except NotifierUnavailableError:
        endpoints = None
    return filled(
        "webhooks",
        "/webhooks",
        endpoints=endpoints,
        events=WEBHOOK_EVENT_TYPES,
        default_events=DEFAULT_WEBHOOK_EVENTS,
    )


@get("/webhooks/{endpoint_id:str}/deliveries", include_in_schema=False)
async def deliveries_part(endpoint_id: str, tenant_id: str, notifier: Notifier) -> Response[bytes]:
    """Serve what the page about webhooks shows of an endpoint when it is opened."""
    found = await newest_deliveries(tenant_id, endpoint_id, notifier)
    return filled("deliveries", "", deliveries=found.deliveries)
