"""Any number of watchers cost what one costs, and nobody watching costs nothing."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta

from pydantic import BaseModel

from gateway.live.shared_view import SharedView
from runtime.background import beside


class Figures(BaseModel):
    made: int


class Maker:
    """Makes documents that count, each when it is told to."""

    def __init__(self) -> None:
        self.made = 0
        self.may_make = asyncio.Semaphore(0)
        self.third_is_made = asyncio.Event()

    async def make(self) -> Figures:
        await self.may_make.acquire()
        self.made += 1
        if self.made == 3:
            self.third_is_made.set()
        return Figures(made=self.made)


async def documents(stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(stream):
        async for part in stream:
            if part.startswith(b"event: figures\n"):
                yield part.removeprefix(b"event: figures\ndata: ").strip()


async def test_made_once_for_all_and_only_while_watched() -> None:
    maker = Maker()
    view = SharedView("figures", maker.make, timedelta(0))
    async with beside(view.run()):
        async with aclosing(documents(view.watch())) as first, aclosing(documents(view.watch())) as second:
            begun = asyncio.gather(anext(first), anext(second))
            maker.may_make.release()
            assert list(await begun) == [b'{"made":1}'] * 2
            begun = asyncio.gather(anext(first), anext(second))
            maker.may_make.release()
            assert list(await begun) == [b'{"made":2}'] * 2
            async with aclosing(documents(view.watch())) as late:
                assert await anext(late) == b'{"made":2}', "who comes later is shown what there is"
            await first.aclose()
            await second.aclose()
        # The one that had begun is finished; no other is begun.
        maker.may_make.release()
        await maker.third_is_made.wait()
        maker.may_make.release()
        for _ in range(20):
            await asyncio.sleep(0)
        assert maker.made == 3
        async with aclosing(documents(view.watch())) as again:
            assert await anext(again) == b'{"made":4}'


async def test_what_has_not_changed_is_not_sent_again() -> None:
    told = iter([1, 1, 2])
    done = asyncio.Event()

    async def make() -> Figures:
        made = next(told, None)
        if made is None:
            await done.wait()
        return Figures(made=made or 0)

    view = SharedView("figures", make, timedelta(0))
    async with beside(view.run()), aclosing(documents(view.watch())) as stream:
        assert [await anext(stream), await anext(stream)] == [b'{"made":1}', b'{"made":2}']


async def test_closing_ends_every_stream() -> None:
    maker = Maker()
    view = SharedView("figures", maker.make, timedelta(0))
    async with beside(view.run()), aclosing(documents(view.watch())) as stream:
        maker.may_make.release()
        await anext(stream)
        ended = asyncio.ensure_future(anext(stream, None))
        await asyncio.sleep(0)
        view.close()
        assert await ended is None
