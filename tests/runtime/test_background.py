"""Work beside other work ends with it, whatever becomes of a cancellation."""

import asyncio

import pytest

from runtime.background import beside


async def test_work_that_swallowed_a_cancellation_is_asked_again() -> None:
    swallowed = 0

    async def work() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed += 1

    async with beside(work()) as task:
        await asyncio.sleep(0)
    assert swallowed == 1
    assert task.cancelled()


async def test_an_error_of_the_context_is_not_hidden() -> None:
    with pytest.raises(ValueError, match="the context's own"):
        async with beside(asyncio.sleep(3600)) as task:
            raise ValueError("the context's own")
    assert task.cancelled()
