"""Protects what customers are promised: each event once, signed, and again until they accept it."""

from collections.abc import Awaitable, Callable

import pytest
from temporalio.client import Client, WorkflowExecutionAsyncIterator

from contracts import webhooks
from contracts.webhooks import DeliveryState, RequestRefused
from tests.notifier.conftest import Customer
from tests.notifier.receiver import Answer

pytestmark = pytest.mark.asyncio(loop_scope="session")

Consumed = Callable[[int], Awaitable[None]]


async def test_an_event_arrives_once_with_a_signature_that_verifies(customer: Customer) -> None:
    endpoint = await customer.register()
    event = customer.completed()
    await customer.publish(event)

    delivery = await customer.delivery_in(endpoint.endpoint_id, DeliveryState.DELIVERED, attempts=1)

    (request,) = customer.receiver.requests(customer.path)
    content = request.verified(endpoint.secret)
    assert content["type"] == "report.completed"
    assert content["timestamp"] == event.model_dump(mode="json")["time"]
    assert content["data"] == event.data.model_dump(mode="json", exclude_none=True)
    assert request.webhook_id == delivery.webhook_id
    assert request.headers["content-type"] == "application/json"
    assert delivery.last_status_code == 204


async def test_a_failed_attempt_is_repeated_with_the_same_id_and_body(customer: Customer) -> None:
    customer.receiver.will_answer(customer.path, Answer(status=500))
    endpoint = await customer.register()
    await customer.publish(customer.completed())

    await customer.delivery_in(endpoint.endpoint_id, DeliveryState.DELIVERED, attempts=2)

    first, second = customer.receiver.requests(customer.path)
    assert first.webhook_id == second.webhook_id
    assert first.verified(endpoint.secret) == second.verified(endpoint.secret)


async def test_gone_stops_at_once(customer: Customer) -> None:
    customer.receiver.will_answer(customer.path, Answer(status=410))
    endpoint = await customer.register()
    await customer.publish(customer.completed())

    delivery = await customer.delivery_in(endpoint.endpoint_id, DeliveryState.FAILED, attempts=1)

    assert delivery.last_status_code == 410
    assert len(customer.receiver.requests(customer.path)) == 1


async def test_a_redirect_is_not_followed(customer: Customer) -> None:
    elsewhere = f"{customer.path}/elsewhere"
    redirect = Answer(status=307, headers={"location": customer.receiver.url(elsewhere)})
    customer.receiver.will_answer(customer.path, redirect)
    endpoint = await customer.register()
    await customer.publish(customer.completed())

    delivery = await customer.delivery_in(endpoint.endpoint_id, DeliveryState.PENDING, attempts=1)

    assert delivery.last_status_code == 307
    assert "final URL" in (delivery.last_error or "")
    assert customer.receiver.requests(elsewhere) == []


async def test_an_event_that_comes_twice_is_delivered_once(
    customer: Customer, temporal: Client, consumed: Consumed
) -> None:
    endpoint = await customer.register()
    event = customer.completed()
    await customer.publish(event, message_id=f"{event.id}/first")
    delivery = await customer.delivery_in(endpoint.endpoint_id, DeliveryState.DELIVERED, attempts=1)
    await consumed(await customer.publish(event, message_id=f"{event.id}/second"))

    runs = [run async for run in _runs(temporal, delivery.delivery_id)]

    assert len(runs) == 1
    assert len(customer.receiver.requests(customer.path)) == 1


async def test_each_endpoint_gets_only_what_its_tenant_and_its_list_allow(
    customer: Customer, consumed: Consumed
) -> None:
    wanting = await customer.register()
    other = await customer.register(event_types=["report.failed"])
    stranger = Customer(
        f"{customer.tenant_id}-b", f"{customer.path}-b", customer.receiver, customer.connection
    )
    await stranger.register()
    await consumed(await customer.publish(customer.completed()))

    await customer.delivery_in(wanting.endpoint_id, DeliveryState.DELIVERED, attempts=1)

    assert await customer.deliveries(other.endpoint_id) == []
    assert customer.receiver.requests(stranger.path) == []


async def test_a_replay_delivers_again_under_the_same_id(customer: Customer, temporal: Client) -> None:
    endpoint = await customer.register()
    await customer.publish(customer.completed())
    delivery = await customer.delivery_in(endpoint.endpoint_id, DeliveryState.DELIVERED, attempts=1)

    replay = webhooks.ReplayDelivery(tenant_id=customer.tenant_id, delivery_id=delivery.delivery_id)
    answer = await customer.ask(webhooks.REPLAY_DELIVERY, replay, webhooks.Delivery)
    await customer.delivery_in(endpoint.endpoint_id, DeliveryState.DELIVERED, attempts=2)

    first, second = customer.receiver.requests(customer.path)
    assert answer.state is DeliveryState.PENDING
    assert first.webhook_id == second.webhook_id == delivery.webhook_id
    assert first.body == second.body
    ids = {run.id async for run in _runs(temporal, delivery.delivery_id)}
    assert ids == {f"webhook-{delivery.delivery_id}", f"webhook-{delivery.delivery_id}-replay-1"}


async def test_a_replay_of_a_delivery_under_way_cuts_its_pause_short(customer: Customer) -> None:
    customer.receiver.will_answer(
        customer.path, Answer(status=503, headers={"retry-after": "3600"}), Answer(status=200)
    )
    endpoint = await customer.register()
    await customer.publish(customer.completed())
    delivery = await customer.delivery_in(endpoint.endpoint_id, DeliveryState.PENDING, attempts=1)

    replay = webhooks.ReplayDelivery(tenant_id=customer.tenant_id, delivery_id=delivery.delivery_id)
    await customer.ask(webhooks.REPLAY_DELIVERY, replay, webhooks.Delivery)

    await customer.delivery_in(endpoint.endpoint_id, DeliveryState.DELIVERED, attempts=2)


async def test_a_delivery_stops_when_its_endpoint_is_deleted(customer: Customer, temporal: Client) -> None:
    customer.receiver.will_answer(customer.path, Answer(status=500))
    endpoint = await customer.register()
    await customer.publish(customer.completed())
    delivery = await customer.delivery_in(endpoint.endpoint_id, DeliveryState.PENDING, attempts=1)
    run = temporal.get_workflow_handle(f"webhook-{delivery.delivery_id}", result_type=DeliveryState)

    delete = webhooks.DeleteEndpoint(tenant_id=customer.tenant_id, endpoint_id=endpoint.endpoint_id)
    await customer.ask(webhooks.DELETE_ENDPOINT, delete, webhooks.Deleted)
    await run.signal("deliver_now")

    assert await run.result() is DeliveryState.FAILED
    assert len(customer.receiver.requests(customer.path)) == 1


async def test_a_replay_of_nothing_is_refused(customer: Customer) -> None:
    replay = webhooks.ReplayDelivery(tenant_id=customer.tenant_id, delivery_id="none")
    refusal = await customer.ask(webhooks.REPLAY_DELIVERY, replay, RequestRefused)
    assert (refusal.error, refusal.field) == ("not_found", "delivery_id")


def _runs(temporal: Client, delivery_id: str) -> WorkflowExecutionAsyncIterator:
    return temporal.list_workflows(f'WorkflowId STARTS_WITH "webhook-{delivery_id}"')
