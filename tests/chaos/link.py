"""A TCP link between the services and a server that can be broken the ways networks break."""

import asyncio
import socket
import struct
from contextlib import suppress
from enum import StrEnum
from typing import Self

HOST = "127.0.0.1"
PIECE_BYTES = 64 * 1024
SLOW_SECONDS = 0.15
_LINGER_NOT = struct.pack("ii", 1, 0)


class Condition(StrEnum):
    """What a link does with what passes over it."""

    WHOLE = "whole"
    RESET = "reset"
    """Every connection is reset, and every new one."""
    BLACK_HOLE = "black hole"
    """Connections stand and new ones are accepted, but nothing arrives until the link is whole again."""
    SLOW = "slow"
    """Each piece arrives 150 ms late."""


class Link:
    """Forwards connections to a port of this machine; one loop, no threads."""

    def __init__(self, upstream_port: int) -> None:
        self._upstream_port = upstream_port
        self._condition = Condition.WHOLE
        self._whole = asyncio.Event()
        self._whole.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, HOST, 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        self._reset_all()

    @property
    def port(self) -> int:
        """Where the link is entered."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def become(self, condition: Condition) -> None:
        """Break the link, or make it whole; what a black hole held back arrives then."""
        self._condition = condition
        if condition is Condition.BLACK_HOLE:
            self._whole.clear()
        else:
            self._whole.set()
        if condition is Condition.RESET:
            self._reset_all()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        self._writers.add(writer)
        try:
            if self._condition is Condition.RESET:
                _reset(writer)
                return
            await self._whole.wait()
            await self._connect(reader, writer)
        except OSError:
            _reset(writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection(HOST, self._upstream_port)
        self._writers.add(upstream_writer)
        there = asyncio.create_task(self._forward(reader, upstream_writer))
        back = asyncio.create_task(self._forward(upstream_reader, writer))
        try:
            # A server that is gone ends both directions, as it would without a link between.
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (there, back):
                task.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
            self._writers.discard(upstream_writer)
            upstream_writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE_BYTES):
            await self._whole.wait()
            if self._condition is Condition.SLOW:
                await asyncio.sleep(SLOW_SECONDS)
            writer.write(piece)
            await writer.drain()

    def _reset_all(self) -> None:
        for writer in list(self._writers):
            _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket | None = writer.get_extra_info("socket")
    if connection is not None:
        # With no time to linger the kernel sends RST instead of an orderly end.
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    writer.transport.abort()
