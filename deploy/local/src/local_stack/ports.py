"""Every port of the stack: a default plus PORT_OFFSET, so that two stacks can run side by side."""

import errno
import random
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local_stack.errors import PortTakenError

HOST = "127.0.0.1"
HIGHEST_OFFSET = 50_000
_OFFSETS_TO_SUGGEST = range(100, 2_000, 100)


@dataclass(frozen=True)
class Ports:
    """Ports of one stack on the loopback address."""

    offset: int = 0

    @property
    def gateway(self) -> int:
        """The UI and the REST interface."""
        return 8080 + self.offset

    @property
    def nats(self) -> int:
        """Clients of the bus."""
        return 4222 + self.offset

    @property
    def nats_monitoring(self) -> int:
        """The bus's own health and figures."""
        return 8222 + self.offset

    @property
    def temporal(self) -> int:
        """Temporal's gRPC front end."""
        return 7233 + self.offset

    @property
    def temporal_ui(self) -> int:
        """Temporal's web pages."""
        return 8233 + self.offset

    @property
    def temporal_metrics(self) -> int:
        """Temporal's own metrics."""
        return 9099 + self.offset

    @property
    def postgres(self) -> int:
        """PostgreSQL."""
        return 5432 + self.offset

    @property
    def model(self) -> int:
        """The local model's OpenAI-compatible address."""
        return 8811 + self.offset

    def process(self, index: int) -> int:
        """Give the health and metrics port of the service process with this index, from 9100 up."""
        return 9100 + index + self.offset


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        # As servers do: a port in TIME_WAIT is free, one with a listener is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True


def check_free(needed: dict[int, str], offset: int) -> None:
    """Check that every port in {port: what it is for} is free.

    Raises:
        PortTakenError: names each taken port, its use, and an offset that would do.

    """
    taken = {port: purpose for port, purpose in needed.items() if not is_free(port)}
    if not taken:
        return
    lines = [
        "In use by another program:",
        *(f"  port {port} for {purpose}" for port, purpose in taken.items()),
    ]
    unshifted = [port - offset for port in needed]
    free = next(_free_offsets(unshifted, (offset + step for step in _OFFSETS_TO_SUGGEST)), None)
    remedy = f"for example PORT_OFFSET={free}" if free is not None else "by setting PORT_OFFSET"
    lines.append(f"Stop it, or move every port of this stack, {remedy}.")
    raise PortTakenError("\n".join(lines))


def free_port_offset() -> int:
    """Find an offset at which every default port is free now; for tests that run beside other stacks.

    Offsets stay below the range from which systems hand out ports for outgoing connections.
    """
    ports = Ports()
    defaults = [ports.gateway, ports.nats, ports.nats_monitoring, ports.temporal, ports.temporal_ui]
    defaults += [ports.temporal_metrics, ports.postgres, ports.model]
    defaults += [ports.process(index) for index in range(16)]
    return next(_free_offsets(defaults, iter(lambda: random.randrange(1_000, 23_000), -1)))  # noqa: S311 - not a secret


def _free_offsets(defaults: Iterable[int], offsets: Iterable[int]) -> Iterator[int]:
    defaults = tuple(defaults)
    for offset in offsets:
        if all(is_free(port + offset) for port in defaults):
            yield offset
