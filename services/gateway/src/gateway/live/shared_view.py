"""A view that is pushed to all who watch it: made once for all of them, and only while somebody watches."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from pydantic import BaseModel

from gateway.live.streams import KEEP_ALIVE, KEEP_ALIVE_INTERVAL, RECONNECT_AFTER


class SharedView:
    """Makes a document every `interval` while it is watched and sends it whenever it has changed.

    `make` says in the document what it could not find out; it does not raise.
    """

    def __init__(self, name: str, make: Callable[[], Awaitable[BaseModel]], interval: timedelta) -> None:
        self._name = name
        self._make = make
        self._interval = interval
        self._news: set[asyncio.Event] = set()
        self._watched = asyncio.Event()
        self._latest: bytes | None = None
        self._is_closing = False

    async def run(self) -> None:
        """Make the document while somebody watches, until cancelled."""
        while True:
            if not self._news:
                self._latest = None
                self._watched.clear()
                await self._watched.wait()
            self._show((await self._make()).model_dump_json().encode())
            await asyncio.sleep(self._interval.total_seconds())

    async def watch(self) -> AsyncGenerator[bytes, None]:
        """Give SSE bytes: the document as it is now, and again whenever it has changed."""
        yield f"retry: {int(RECONNECT_AFTER.total_seconds() * 1000)}\n\n".encode()
        with self._watching() as news:
            while not self._is_closing:
                try:
                    async with asyncio.timeout(KEEP_ALIVE_INTERVAL.total_seconds()):
                        await news.wait()
                except TimeoutError:
                    yield KEEP_ALIVE
                    continue
                news.clear()
                if self._latest is not None and not self._is_closing:
                    yield b"event: %s\ndata: %s\n\n" % (self._name.encode(), self._latest)

    def close(self) -> None:
        """Have every watcher's stream end, so that the process can."""
        self._is_closing = True
        self._tell()

    @contextmanager
    def _watching(self) -> Iterator[asyncio.Event]:
        news = asyncio.Event()
        if self._latest is not None or self._is_closing:
            news.set()
        self._news.add(news)
        self._watched.set()
        try:
            yield news
        finally:
            self._news.discard(news)

    def _show(self, document: bytes) -> None:
        if document != self._latest:
            self._latest = document
            self._tell()

    def _tell(self) -> None:
        for news in self._news:
            news.set()
