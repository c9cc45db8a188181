"""The operator's view of the dead letters: list them, read one, send one again."""

import asyncio
import base64
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import uuid4

from nats.js import JetStreamContext
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from contracts import subjects
from contracts.dead_letters import DeadLetter
from orchestrator.settings import DeadLetterSettings
from runtime import bus

USAGE = """usage: dlq list            one line a letter: number, when, where from, why
       dlq show NUMBER     the whole letter and the original message
       dlq replay NUMBER   send the original again, then take the letter out
"""
DETAIL_SHOWN_CHARACTERS = 80
CONNECT_TIMEOUT = timedelta(seconds=3)
# Streams count with 64 bits; the server takes no other number for one.
GREATEST_NUMBER = 2**64 - 1


@dataclass(frozen=True, slots=True)
class NumberedLetter:
    """A dead letter and its sequence number in the dead-letter stream."""

    number: int
    letter: DeadLetter


class DeadLetters:
    """The dead-letter stream."""

    def __init__(self, jetstream: JetStreamContext) -> None:
        self._jetstream = jetstream

    async def all(self) -> AsyncIterator[NumberedLetter]:
        """Give every letter, oldest first."""
        state = (await self._jetstream.stream_info(subjects.DEAD_LETTERS_STREAM)).state
        number = state.first_seq
        while number <= state.last_seq:
            try:
                raw = await self._next_from(number)
            except NotFoundError:
                return
            yield _numbered(raw)
            number = (raw.seq or number) + 1

    async def _next_from(self, number: int) -> RawStreamMsg:
        return await self._jetstream.get_msg(
            subjects.DEAD_LETTERS_STREAM, seq=number, subject=subjects.ALL_DEAD_LETTERS, next=True
        )

    async def get(self, number: int) -> NumberedLetter | None:
        """Give one letter; None when there is none of that number."""
        if not 0 < number <= GREATEST_NUMBER:
            return None
        try:
            return _numbered(await self._jetstream.get_msg(subjects.DEAD_LETTERS_STREAM, seq=number))
        except NotFoundError:
            return None

    async def replay(self, found: NumberedLetter) -> None:
        """Send the original to where it came from; the letter goes once the stream has confirmed it."""
        await self._jetstream.publish(
            found.letter.subject,
            base64.b64decode(found.letter.payload_base64),
            stream=found.letter.stream,
            # A number of its own: the id of the first sending would have it dropped as a repeat.
            headers={"Nats-Msg-Id": f"replay.{found.number}.{uuid4()}"},
        )
        await self._jetstream.delete_msg(subjects.DEAD_LETTERS_STREAM, found.number)


def _numbered(raw: RawStreamMsg) -> NumberedLetter:
    return NumberedLetter(raw.seq or 0, DeadLetter.model_validate_json(raw.data or b""))


async def run_command(arguments: Sequence[str]) -> int:
    """Run one command of the operator's and give the exit code."""
    command = _command(arguments)
    if command is None:
        sys.stderr.write(USAGE)
        return 2
    settings = DeadLetterSettings()
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT.total_seconds()):
                connection = await stack.enter_async_context(
                    bus.connect(settings.bus, name="orchestrator-dlq")
                )
        except TimeoutError:
            sys.stderr.write(f"NATS does not answer at {settings.bus.nats_url}. Does the stack run?\n")
            return 1
        return await command(DeadLetters(connection.jetstream))


def _command(arguments: Sequence[str]) -> Callable[[DeadLetters], Awaitable[int]] | None:
    match arguments:
        case ["list"]:
            return _list
        case ["show", number] if number.isdecimal():
            return partial(_show, number=int(number))
        case ["replay", number] if number.isdecimal():
            return partial(_replay, number=int(number))
    return None


async def _list(letters: DeadLetters) -> int:
    count = 0
    async for found in letters.all():
        letter, count = found.letter, count + 1
        detail = letter.detail[:DETAIL_SHOWN_CHARACTERS]
        sys.stdout.write(
            f"{found.number:>6}  {letter.failed_at:%Y-%m-%d %H:%M:%S}  {letter.subject}  "
            f"{letter.reason}: {detail}\n"
        )
    if count == 0:
        sys.stdout.write("No dead letters.\n")
    return 0


async def _show(letters: DeadLetters, number: int) -> int:
    found = await letters.get(number)
    if found is None:
        return _missing(number)
    original = base64.b64decode(found.letter.payload_base64).decode(errors="backslashreplace")
    fields = found.letter.model_dump(mode="json", exclude={"payload_base64"})
    sys.stdout.writelines(f"{name}: {value}\n" for name, value in fields.items())
    sys.stdout.write(f"\n{original}\n")
    return 0


async def _replay(letters: DeadLetters, number: int) -> int:
    found = await letters.get(number)
    if found is None:
        return _missing(number)
    await letters.replay(found)
    sys.stdout.write(f"Sent again on {found.letter.subject}.\n")
    return 0


def _missing(number: int) -> int:
    sys.stderr.write(f"There is no dead letter {number}. `dlq list` shows those there are.\n")
    return 1
