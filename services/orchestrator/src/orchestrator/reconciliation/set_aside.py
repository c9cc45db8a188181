"""Commands that lie among the dead letters: their end was announced, and an operator decides about them."""

import base64
import hashlib

from nats.aio.msg import Msg

from contracts import subjects
from orchestrator.dead_letters import DeadLetters
from runtime.bus import Bus


class SetAside:
    """The dead letters of one sweep's beginning, read when the first command is asked about."""

    def __init__(self, bus: Bus) -> None:
        self._letters = DeadLetters(bus.jetstream)
        self._known: set[tuple[int, str]] | None = None

    async def holds(self, message: Msg) -> bool:
        """Tell whether a message of the stream of requests was set aside."""
        if self._known is None:
            self._known = {
                _identity(found.letter.stream_sequence, found.letter.payload_base64)
                async for found in self._letters.all()
                if found.letter.stream == subjects.REQUESTS_STREAM
            }
        payload = base64.b64encode(message.data).decode()
        return _identity(message.metadata.sequence.stream, payload) in self._known


def _identity(sequence: int, payload_base64: str) -> tuple[int, str]:
    # Not the sequence alone: a stream that was made anew counts from one again, and letters stay.
    return sequence, hashlib.sha256(payload_base64.encode()).hexdigest()
