"""The link breaks as it is told: a fault that did not happen would prove nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.chaos.link import Condition, Link


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(1024):
        writer.write(piece)
        await writer.drain()
    writer.close()


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    async with server, Link(server.sockets[0].getsockname()[1]) as running:
        yield running


async def _said(link: Link) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    writer.write(b"one")
    assert await reader.readexactly(3) == b"one"
    return reader, writer


async def test_a_black_hole_holds_back_and_delivers_when_it_is_healed(link: Link) -> None:
    reader, writer = await _said(link)
    link.become(Condition.BLACK_HOLE)
    writer.write(b"two")
    answer = asyncio.create_task(reader.readexactly(3))
    done, _ = await asyncio.wait({answer}, timeout=0.2)
    assert not done
    link.become(Condition.WHOLE)
    assert await answer == b"two"
    writer.close()


async def test_a_reset_breaks_open_connections_and_new_ones(link: Link) -> None:
    reader, writer = await _said(link)
    link.become(Condition.RESET)
    with pytest.raises(ConnectionResetError):
        await reader.readexactly(1)
    writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.close()
    link.become(Condition.WHOLE)
    _, writer = await _said(link)
    writer.close()


async def test_a_slow_link_delivers_late(link: Link) -> None:
    link.become(Condition.SLOW)
    started = asyncio.get_running_loop().time()
    _, writer = await _said(link)
    assert asyncio.get_running_loop().time() - started >= 0.3
    writer.close()
