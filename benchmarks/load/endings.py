"""Noting when each report ends, as its event comes over the bus."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import nats
from nats.aio.msg import Msg

from contracts import subjects
from contracts.events import EventType

ENDINGS = (EventType.COMPLETED, EventType.FAILED, EventType.CANCELLED)


class Endings:
    """`at[workflow_id]` is when a report ended (`time.perf_counter`), `how[workflow_id]` its event."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self.how: dict[str, str] = {}
        self._changed = asyncio.Event()

    async def note(self, message: Msg) -> None:
        """Take an event."""
        event = json.loads(message.data)
        self.at[event["data"]["workflow_id"]] = time.perf_counter()
        self.how[event["data"]["workflow_id"]] = event["type"]
        self._changed.set()

    async def all_of(self, workflow_ids: Iterable[str], *, patience: float) -> set[str]:
        """Wait for these reports to end; give those that did not when nothing has ended for `patience` s."""
        missing = set(workflow_ids) - self.at.keys()
        while missing:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), patience)
            except TimeoutError:
                return missing
            missing -= self.at.keys()
        return missing


@asynccontextmanager
async def endings(nats_url: str) -> AsyncIterator[Endings]:
    """Listen while the context is open."""
    noted = Endings()
    bus = await nats.connect(nats_url)
    try:
        for event_type in ENDINGS:
            await bus.subscribe(subjects.event(event_type).name, cb=noted.note)
        await bus.flush()
        yield noted
    finally:
        await bus.close()
