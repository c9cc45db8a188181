"""Commands that lie among the dead letters: their end was announced, and an operator decides about them."""

from nats.aio.msg import Msg

from contracts import subjects
from orchestrator.dead_letters import DeadLetters
from runtime.bus import Bus


class SetAside:
    """The dead letters of one sweep's beginning, read when the first command is asked about."""

    def __init__(self, bus: Bus) -> None:
        self._letters = DeadLetters(bus.jetstream)
        self._sequences: set[int] | None = None

    async def holds(self, message: Msg) -> bool:
        """Tell whether a message of the stream of requests was set aside."""
        if self._sequences is None:
            self._sequences = {
                found.letter.stream_sequence
                async for found in self._letters.all()
                if found.letter.stream == subjects.REQUESTS_STREAM
            }
        return message.metadata.sequence.stream in self._sequences
