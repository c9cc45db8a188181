"""A dead letter is found from the subject of the message that it keeps."""

import pytest

from contracts.subjects import dead_request, gateway_batch, gateway_request


@pytest.mark.parametrize(
    ("subject", "dead"),
    [
        ("reports.v1.request.crm", "reports.v1.dlq.request.crm"),
        ("reports.v1.request.crm.orders.7", "reports.v1.dlq.request.crm.orders.7"),
        (gateway_request("4f6b").name, "reports.v1.dlq.request.gateway.4f6b"),
        (gateway_batch("77aa").name, "reports.v1.dlq.request.gateway.77aa"),
    ],
)
def test_a_dead_letter_ends_as_its_message_does(subject: str, dead: str) -> None:
    assert dead_request(subject).name == dead
