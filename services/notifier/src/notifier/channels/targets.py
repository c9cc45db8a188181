"""What may be the address of a webhook endpoint."""

import httpx2

EXAMPLE = "https://example.com/hooks/reports"


class InvalidTargetError(Exception):
    """The URL cannot be a webhook's address; the message says why and what to do."""


def parse_target(url: str) -> httpx2.URL:
    """Read an endpoint's URL.

    Raises:
        InvalidTargetError: not an absolute http or https URL, or one with credentials in it.

    """
    try:
        target = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise InvalidTargetError(f"This is not a URL; use one like {EXAMPLE}.") from error
    if target.scheme not in {"http", "https"}:
        raise InvalidTargetError(f"Use an http or https URL, like {EXAMPLE}.")
    if not target.host:
        raise InvalidTargetError(f"The URL names no host; use one like {EXAMPLE}.")
    if target.port is not None and not 0 < target.port < 65_536:
        raise InvalidTargetError("Use a port from 1 to 65535.")
    if target.userinfo:
        raise InvalidTargetError(
            "Leave the user name and password out of the URL; verify the signature of each webhook instead."
        )
    return target


def port_of(target: httpx2.URL) -> int:
    """Give the port that a target is reached on."""
    return target.port or (443 if target.scheme == "https" else 80)
