"""Protects the front door for endpoints: what may be registered, and that secrets and tenants stay apart."""

import pytest

from contracts import webhooks
from contracts.webhooks import RequestRefused
from tests.notifier.conftest import Customer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_registration_shows_its_secret_once(customer: Customer) -> None:
    endpoint = await customer.register(description="the warehouse")
    request = webhooks.ListEndpoints(tenant_id=customer.tenant_id)
    message = await customer.connection.nats.request(
        webhooks.LIST_ENDPOINTS, request.model_dump_json().encode(), timeout=10
    )
    listed = webhooks.EndpointList.model_validate_json(message.data).endpoints

    assert endpoint.secret.startswith("whsec_")
    assert endpoint.secret.encode() not in message.data
    assert [each.endpoint_id for each in listed] == [endpoint.endpoint_id]
    assert listed[0].description == "the warehouse"
    assert listed[0].event_types == list(webhooks.DEFAULT_WEBHOOK_EVENTS)


async def test_a_deleted_endpoint_is_gone(customer: Customer) -> None:
    endpoint = await customer.register()
    delete = webhooks.DeleteEndpoint(tenant_id=customer.tenant_id, endpoint_id=endpoint.endpoint_id)
    deleted = await customer.ask(webhooks.DELETE_ENDPOINT, delete, webhooks.Deleted)
    again = await customer.ask(webhooks.DELETE_ENDPOINT, delete, RequestRefused)
    wanted = webhooks.ListDeliveries(tenant_id=customer.tenant_id, endpoint_id=endpoint.endpoint_id)
    unlisted = await customer.ask(webhooks.LIST_DELIVERIES, wanted, RequestRefused)

    assert deleted.endpoint_id == endpoint.endpoint_id
    assert (again.error, again.field) == ("not_found", "endpoint_id")
    assert (unlisted.error, unlisted.field) == ("not_found", "endpoint_id")


async def test_another_tenant_can_neither_see_nor_delete_an_endpoint(customer: Customer) -> None:
    endpoint = await customer.register()
    other = f"{customer.tenant_id}-b"
    listed = await customer.ask(
        webhooks.LIST_ENDPOINTS, webhooks.ListEndpoints(tenant_id=other), webhooks.EndpointList
    )
    delete = webhooks.DeleteEndpoint(tenant_id=other, endpoint_id=endpoint.endpoint_id)
    refusal = await customer.ask(webhooks.DELETE_ENDPOINT, delete, RequestRefused)

    assert listed.endpoints == []
    assert refusal.error == "not_found"


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("ftp://example.com/x", "http or https"),
        ("example.com/x", "http or https"),
        ("http://", "names no host"),
        ("http://user:secret@example.com/", "user name and password"),
        ("http://example.com:0/", "port"),
        ("http://nowhere.invalid/", "Check the host name"),
    ],
)
async def test_a_url_that_cannot_work_is_refused_with_the_remedy(
    customer: Customer, url: str, remedy: str
) -> None:
    refusal = await customer.refused(url)
    assert (refusal.error, refusal.field) == ("invalid", "url")
    assert remedy in refusal.detail


@pytest.mark.parametrize(
    ("request_body", "field"),
    [
        (b'{"url": ""}', "url"),
        (b'{"url": "http://127.0.0.1/", "event_types": ["report.progress"]}', "event_types.0"),
        (b"not json", None),
    ],
)
async def test_a_malformed_request_is_refused_by_its_field(
    customer: Customer, request_body: bytes, field: str | None
) -> None:
    message = await customer.connection.nats.request(webhooks.REGISTER_ENDPOINT, request_body, timeout=10)
    refusal = RequestRefused.model_validate_json(message.data)
    assert (refusal.error, refusal.field) == ("invalid", field)
