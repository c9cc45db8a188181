"""Which addresses a webhook may reach: a name is resolved once, and what was checked is connected to."""

import asyncio
import socket
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

# Shorter than the gateway waits for an answer about a registration.
RESOLVE_TIMEOUT = timedelta(seconds=2)

# Written out, because `ipaddress.is_global` lets several of these pass.
_DENIED_IPV4 = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host agent
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# Loopback, mapped IPv4, NAT64, unique local, link-local and multicast all lie outside it.
_IPV6_UNICAST = ip_network("2000::/3")
_DENIED_IPV6 = tuple(
    ip_network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: any IPv4 address inside
        "3fff::/20",  # documentation
    )
)


class AddressDeniedError(Exception):
    """The target lies in a network that webhooks must not reach; the message says which address."""


class NameUnknownError(Exception):
    """The host name has no address at the moment."""


async def resolve(host: str, port: int, *, allow_private: bool) -> Sequence[Address]:
    """Give the host's addresses in the resolver's order of preference, at least one.

    Raises:
        NameUnknownError: there is none.
        AddressDeniedError: one of them is denied; the others are not tried either.

    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT.total_seconds()):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError, TimeoutError) as error:
        raise NameUnknownError(f"{host} has no address") from error
    addresses = list(dict.fromkeys(ip_address(sockaddr[0]) for *_, sockaddr in found))
    if not allow_private:
        for address in addresses:
            if is_denied(address):
                raise AddressDeniedError(
                    f"{host} is {address}, a private or reserved address that webhooks must not reach"
                )
    return addresses


def is_denied(address: Address) -> bool:
    """Tell whether an address is private, reserved or of special use."""
    if isinstance(address, IPv4Address):
        return any(address in network for network in _DENIED_IPV4)
    # A zone id makes an address local by definition.
    if address.scope_id is not None or address not in _IPV6_UNICAST:
        return True
    return any(address in network for network in _DENIED_IPV6)
