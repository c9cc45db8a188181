"""What an attempt tells Temporal while it runs, and the next attempt finds."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError
from temporalio import activity

from contracts.activities.waiting import WaitsFor
from runtime.background import beside

HEARTBEAT_INTERVAL = timedelta(milliseconds=500)


class Sighting(BaseModel):
    """How far the call is. Only a hint to the next attempt: the last words of a killed worker are lost."""

    call_id: UUID | None = None
    response_id: str | None = None
    """Set once the answer can be had again."""
    received_characters: int = 0
    """Of the answer, as it came."""
    shown_characters: int = 0
    """Of the report's text, published to watchers."""
    answered: bool = False
    """The answer is complete, and on its way into the store."""
    waiting_for: WaitsFor | None = None

    def note_shown(self, characters: int) -> None:
        """Say how much of the report's text is published."""
        self.shown_characters = characters

    def wait_for_database(self, *, waits: bool) -> None:
        """Say whether the database is waited for."""
        self.waiting_for = WaitsFor.DATABASE if waits else None

    def wait_for_store(self, *, waits: bool) -> None:
        """Say whether the artifact store is waited for."""
        self.waiting_for = WaitsFor.ARTIFACT_STORE if waits else None


def last_sighting(details: Sequence[Any]) -> Sighting:
    """Read what the attempt before was last seen doing."""
    try:
        return Sighting.model_validate(details[0]) if details else Sighting()
    except ValidationError:
        return Sighting()


@asynccontextmanager
async def heartbeating(sighting: Sighting) -> AsyncIterator[None]:
    """Tell Temporal that this attempt lives while the context is open, whatever the activity waits for."""
    async with beside(_beat_forever(sighting)):
        yield


def beat(sighting: Sighting) -> None:
    """Tell Temporal now; it passes on the latest at its own pace."""
    activity.heartbeat(sighting.model_dump(mode="json"))


async def _beat_forever(sighting: Sighting) -> None:
    while True:
        beat(sighting)
        await asyncio.sleep(HEARTBEAT_INTERVAL.total_seconds())
