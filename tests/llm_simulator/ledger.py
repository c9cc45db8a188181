"""An append-only record of every call: asked when it came in, billed when it ended."""

import asyncio
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter


class Event(StrEnum):
    """What an entry records."""

    ASKED = "asked"
    HELD = "held"
    """The call waits at a gate (written once a call)."""
    CREATED = "created"
    """A background response exists: from here on it is generated and billed, whoever listens."""
    RETRIEVED = "retrieved"
    """Someone asked for a background response again; it costs nothing."""
    BILLED = "billed"


class Entry(BaseModel):
    """One line of the ledger; `call` joins the entries of one HTTP call."""

    model_config = ConfigDict(frozen=True)

    call: int
    event: Event
    endpoint: str
    model: str
    prompt: str
    """Every message of the call, joined by blank lines."""
    stream: bool
    background: bool = False
    response_id: str | None = None
    """Of a background response."""
    idempotency_key: str | None = None
    outcome: str | None = None
    """Of a billed call: `answered`, the fault's name, `abandoned` (the client went away) or `cancelled`."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    """Tokens generated, whether or not the client stayed to read them."""


Entries = TypeAdapter(list[Entry])


class Ledger:
    """Keeps entries in memory and, when given a file, appends each to it as a JSON line."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._entries: list[Entry] = self._read(file)
        self._changed = asyncio.Condition()

    @staticmethod
    def _read(file: Path | None) -> list[Entry]:
        if file is None or not file.exists():
            return []
        return [Entry.model_validate_json(line) for line in file.read_text(encoding="utf-8").splitlines()]

    @property
    def entries(self) -> list[Entry]:
        """Everything recorded, oldest first."""
        return list(self._entries)

    def next_call(self) -> int:
        """Return the number of the next call, counted from 1 over restarts."""
        return 1 + max((entry.call for entry in self._entries), default=0)

    async def record(self, entry: Entry) -> None:
        """Append one entry and wake those who wait for it."""
        self._entries.append(entry)
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(entry.model_dump_json() + "\n")
        async with self._changed:
            self._changed.notify_all()

    async def wait_for(self, event: Event, count: int) -> None:
        """Return once `count` entries of that event exist."""
        async with self._changed:
            await self._changed.wait_for(lambda: sum(e.event is event for e in self._entries) >= count)
