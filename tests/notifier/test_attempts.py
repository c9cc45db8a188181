"""Protects what one HTTP attempt makes of each thing that an endpoint can do."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from notifier.channels.standard_webhooks import WebhookMessage, open_channel
from notifier.workflows.interface import Attempt, Verdict
from tests.notifier.receiver import Answer, Receiver

SHORT = timedelta(milliseconds=300)


def _in_an_hour() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


async def _attempt(url: str, attempt_timeout: timedelta = timedelta(seconds=5)) -> Attempt:
    message = WebhookMessage(webhook_id="one", body="{}", url=url, secret="whsec_" + "A" * 32)
    async with open_channel(allow_private_addresses=True, attempt_timeout=attempt_timeout) as channel:
        return await channel.send(message)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.DELIVERED),
        (204, Verdict.DELIVERED),
        (301, Verdict.RETRY),
        (400, Verdict.RETRY),
        (404, Verdict.RETRY),
        (410, Verdict.STOP),
        (429, Verdict.RETRY),
        (500, Verdict.RETRY),
        (503, Verdict.RETRY),
    ],
)
async def test_the_status_decides(receiver: Receiver, status: int, verdict: Verdict) -> None:
    path = f"/status/{status}"
    receiver.will_answer(path, Answer(status=status, headers={"location": "/"}))
    attempt = await _attempt(receiver.url(path))
    assert (attempt.verdict, attempt.status_code) == (verdict, status)


@pytest.mark.parametrize(
    ("status", "header", "least", "most"),
    [
        (429, "120", 120, 120),
        (503, "Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
    ],
)
async def test_a_pause_that_is_asked_for_is_reported(
    receiver: Receiver, status: int, header: str, least: int, most: int
) -> None:
    path = f"/pause/{status}/{least}"
    receiver.will_answer(path, Answer(status=status, headers={"retry-after": header}))
    attempt = await _attempt(receiver.url(path))
    assert attempt.retry_after_seconds is not None
    assert least <= attempt.retry_after_seconds <= most


async def test_a_pause_until_a_time_is_reported(receiver: Receiver) -> None:
    receiver.will_answer("/pause/until", Answer(status=503, headers={"retry-after": _in_an_hour()}))
    attempt = await _attempt(receiver.url("/pause/until"))
    assert attempt.retry_after_seconds is not None
    assert 3_000 <= attempt.retry_after_seconds <= 3_600


@pytest.mark.parametrize("header", ["soon", "-5", "", "²"])
async def test_a_pause_that_cannot_be_read_is_no_pause(receiver: Receiver, header: str) -> None:
    receiver.will_answer("/unclear", Answer(status=503, headers={"retry-after": header}))
    attempt = await _attempt(receiver.url("/unclear"))
    assert attempt.verdict is Verdict.RETRY
    assert attempt.retry_after_seconds is None


async def test_an_endpoint_that_hangs_is_given_up(receiver: Receiver) -> None:
    receiver.will_answer("/hangs", Answer(hangs=True))
    attempt = await _attempt(receiver.url("/hangs"), attempt_timeout=SHORT)
    assert attempt.verdict is Verdict.RETRY
    assert attempt.error == "no answer within 0.3 s"


async def test_an_endpoint_that_sends_its_headers_for_ever_is_given_up() -> None:
    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"x-more: y\r\n")
            await asyncio.sleep(SHORT.total_seconds() / 3)

    async with await asyncio.start_server(trickle, "127.0.0.1", 0) as server:
        attempt = await _attempt(f"http://127.0.0.1:{_port(server)}/", attempt_timeout=SHORT)
    assert (attempt.verdict, attempt.error) == (Verdict.RETRY, "no answer within 0.3 s")


async def test_no_listener_and_a_broken_answer_are_tried_again() -> None:
    async def garble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"what?\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(garble, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{_port(server)}/"
        garbled = await _attempt(address)
    absent = await _attempt(address)
    assert garbled.verdict is absent.verdict is Verdict.RETRY
    assert "broke" in (garbled.error or "")
    assert "no connection" in (absent.error or "")


async def test_tls_asks_for_the_name_though_it_connects_to_the_address() -> None:
    asked_for: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _socket, name, _context: asked_for.append(name)

    async def ignore(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(ignore, "127.0.0.1", 0, ssl=context) as server:
        attempt = await _attempt(f"https://localhost:{_port(server)}/")
    assert asked_for == ["localhost"]
    assert attempt.verdict is Verdict.RETRY


def _port(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])
