"""A registered endpoint hears of a finished report once, with a signature that it can verify."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.e2e.reports import ask, ending
from tests.llm_simulator import Behaviour, Fault, SimulatorClient
from tests.notifier.receiver import Answer, Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


async def test_a_completed_report_is_delivered_signed(http: httpx2.AsyncClient, receiver: Receiver) -> None:
    registered = await http.post("/api/webhooks", json={"url": receiver.url("/completed")})
    assert registered.status_code == 201, registered.text
    endpoint = registered.json()
    receiver.will_answer("/completed", Answer(status=500))
    workflow_id = await ask(http, "A report that another system waits for")
    await ending(http, workflow_id)

    deliveries = await receiver.wait_for("/completed", 2)
    for delivery in deliveries:
        body = delivery.verified(endpoint["secret"])
        assert body["type"] == "report.completed"
        assert body["data"]["workflow_id"] == workflow_id
    assert len({delivery.webhook_id for delivery in deliveries}) == 1
    assert (await http.delete(f"/api/webhooks/{endpoint['endpoint_id']}")).is_success


async def test_a_failed_report_is_delivered_too(
    http: httpx2.AsyncClient, receiver: Receiver, simulator: SimulatorClient
) -> None:
    endpoint = (await http.post("/api/webhooks", json={"url": receiver.url("/failed")})).json()
    prompt = "A report that fails and is told of"
    await simulator.script(Behaviour(fault=Fault.STATUS, status=404), prompt_contains=prompt)
    await ending(http, await ask(http, prompt))

    (delivery,) = await receiver.wait_for("/failed", 1)
    body = delivery.verified(endpoint["secret"])
    assert body["type"] == "report.failed"
    assert body["data"]["failure"]["code"] == "model_not_found"
    assert (await http.delete(f"/api/webhooks/{endpoint['endpoint_id']}")).is_success


async def test_an_endpoint_without_an_address_is_refused(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/api/webhooks", json={"url": "ftp://example.org"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "url"
