"""Protects the networks behind the dispatcher: no webhook reaches an address that is not public."""

from ipaddress import ip_address

import pytest

from notifier.channels.addresses import AddressDeniedError, is_denied, resolve
from notifier.channels.standard_webhooks import WebhookMessage, open_channel
from notifier.workflows.interface import Verdict
from tests.notifier.receiver import Receiver

DENIED = [
    "0.0.0.0",  # noqa: S104 - a target, not a binding
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.9.9.9",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::a9fe:a9fe",
    "2001::1",
    "2001:db8::1",
    "2002:a9fe:a9fe::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "ff02::1",
]
ALLOWED = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize("address", DENIED)
def test_private_and_reserved_addresses_are_denied(address: str) -> None:
    assert is_denied(ip_address(address))


@pytest.mark.parametrize("address", ALLOWED)
def test_public_addresses_are_allowed(address: str) -> None:
    assert not is_denied(ip_address(address))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "::1"])
async def test_every_spelling_of_loopback_is_denied(host: str) -> None:
    with pytest.raises(AddressDeniedError, match="must not reach"):
        await resolve(host, 80, allow_private=False)


async def test_a_denied_target_fails_for_good_without_a_connection(receiver: Receiver) -> None:
    message = WebhookMessage(
        webhook_id="one", body="{}", url=receiver.url("/denied"), secret="whsec_" + "A" * 32
    )
    async with open_channel(allow_private_addresses=False) as channel:
        attempt = await channel.send(message)

    assert attempt.verdict is Verdict.STOP
    assert "127.0.0.1" in (attempt.error or "")
    assert receiver.requests("/denied") == []


async def test_the_host_header_keeps_the_name_that_was_registered(receiver: Receiver) -> None:
    message = WebhookMessage(
        webhook_id="one",
        body="{}",
        url=f"http://localhost:{receiver.port}/named",
        secret="whsec_" + "A" * 32,
    )
    async with open_channel(allow_private_addresses=True) as channel:
        attempt = await channel.send(message)

    (request,) = receiver.requests("/named")
    assert attempt.verdict is Verdict.DELIVERED
    assert request.headers["host"] == f"localhost:{receiver.port}"
