"""One HTTP attempt as the Standard Webhooks specification has it: signed, bounded, to a checked address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx2
from standardwebhooks import Webhook

from notifier.channels.addresses import Address, AddressDeniedError, NameUnknownError, resolve
from notifier.channels.targets import InvalidTargetError, parse_target, port_of
from notifier.policies import ATTEMPT_TIMEOUT
from notifier.workflows.interface import Attempt, Verdict
from runtime import tracing
from runtime.tracing import Kind

USER_AGENT = "durable-reports-webhooks/1"
_ASKS_FOR_A_PAUSE = {429, 503}


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """What is sent: the same `webhook_id` and `body` on every attempt, of which this may be the first."""

    webhook_id: str
    body: str
    url: str
    secret: str = field(repr=False)
    is_first: bool = False


class StandardWebhooks:
    """The channel; one per process."""

    def __init__(
        self, client: httpx2.AsyncClient, *, allow_private_addresses: bool, attempt_timeout: timedelta
    ) -> None:
        self._client = client
        self._timeout = attempt_timeout.total_seconds()
        self._allow_private_addresses = allow_private_addresses

    async def send(self, message: WebhookMessage) -> Attempt:
        """Make one attempt within the time allowed; whatever goes wrong out there is in the result."""
        with tracing.span("POST webhook", Kind.CLIENT, {"http.request.method": "POST"}) as note:
            attempt = await self._send(message)
            note(_outcome(attempt))
        return attempt

    async def _send(self, message: WebhookMessage) -> Attempt:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(message)
        except (InvalidTargetError, AddressDeniedError) as error:
            return Attempt(verdict=Verdict.STOP, error=str(error))
        except NameUnknownError as error:
            return _retry(str(error))
        except (TimeoutError, httpx2.TimeoutException):
            return _retry(f"no answer within {self._timeout:g} s")
        except httpx2.ConnectError as error:
            return _retry(f"no connection: {error}")
        except httpx2.HTTPError as error:
            return _retry(f"the connection broke: {type(error).__name__}")

    async def _post(self, message: WebhookMessage) -> Attempt:
        target = parse_target(message.url)
        addresses = await resolve(target.host, port_of(target), allow_private=self._allow_private_addresses)
        *others, last = addresses
        for address in others:
            try:
                return await self._post_to(address, target, message)
            except httpx2.ConnectError:
                continue
        return await self._post_to(last, target, message)

    async def _post_to(self, address: Address, target: httpx2.URL, message: WebhookMessage) -> Attempt:
        request = self._client.build_request(
            "POST",
            target.copy_with(host=str(address)),
            content=message.body.encode(),
            headers={"host": target.netloc.decode("ascii"), **_signed_headers(message)},
            # The certificate is checked against the name, though the address is what is connected to.
            extensions={"sni_hostname": target.raw_host.decode("ascii")},
        )
        response = await self._client.send(request, stream=True)
        try:
            # The status says it all; a body of any size is left unread.
            return _verdict(response)
        finally:
            await response.aclose()


def _outcome(attempt: Attempt) -> dict[str, str | int]:
    outcome: dict[str, str | int] = {"webhook.verdict": attempt.verdict.value}
    if attempt.status_code is not None:
        outcome["http.response.status_code"] = attempt.status_code
    if attempt.verdict is not Verdict.DELIVERED:
        outcome["error.type"] = str(attempt.status_code or "no_answer")
    return outcome


@asynccontextmanager
async def open_channel(
    *, allow_private_addresses: bool, attempt_timeout: timedelta = ATTEMPT_TIMEOUT
) -> AsyncIterator[StandardWebhooks]:
    """Open the channel, and close it at the end; `attempt_timeout` is for all of one."""
    async with httpx2.AsyncClient(
        timeout=attempt_timeout.total_seconds(),
        follow_redirects=False,
        # A proxy from the environment would connect to addresses that nobody checked.
        trust_env=False,
        # Connections are known by address: one that was opened for a name must not serve another name.
        limits=httpx2.Limits(max_keepalive_connections=0),
    ) as client:
        yield StandardWebhooks(
            client, allow_private_addresses=allow_private_addresses, attempt_timeout=attempt_timeout
        )


def _signed_headers(message: WebhookMessage) -> dict[str, str]:
    now = datetime.now(UTC)
    traceparent = tracing.traceparent()
    return {
        **({"traceparent": traceparent} if traceparent else {}),
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": message.webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(message.secret).sign(message.webhook_id, now, message.body),
    }


def _verdict(response: httpx2.Response) -> Attempt:
    status = response.status_code
    if response.is_success:
        return Attempt(verdict=Verdict.DELIVERED, status_code=status)
    if status == httpx2.codes.GONE:
        return Attempt(
            verdict=Verdict.STOP, status_code=status, error="the endpoint is gone (410): it wants no more"
        )
    if response.is_redirect:
        return _retry(
            f"the endpoint redirects ({status}), which is not followed: register the final URL", status
        )
    pause = _retry_after(response) if status in _ASKS_FOR_A_PAUSE else None
    return _retry(f"the endpoint answered {status}", status, pause)


def _retry(error: str, status: int | None = None, pause: int | None = None) -> Attempt:
    return Attempt(verdict=Verdict.RETRY, status_code=status, error=error[:500], retry_after_seconds=pause)


def _retry_after(response: httpx2.Response) -> int | None:
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return int(value[:9])
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0, int((until - datetime.now(UTC)).total_seconds()))
