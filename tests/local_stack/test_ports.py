"""A taken port stops the stack before anything starts, and the message says what to do."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_stack import LocalStack, PortTakenError, Server, StackSettings, free_port_offset
from local_stack.ports import HOST, Ports, check_free, is_free


@pytest.fixture
def offset() -> int:
    return free_port_offset()


@pytest.fixture
def taken_port(offset: int) -> Iterator[int]:
    with socket.create_server((HOST, Ports(offset).nats)) as listener:
        yield listener.getsockname()[1]


def test_a_free_offset_has_every_default_port_free(offset: int) -> None:
    ports = Ports(offset)
    assert all(map(is_free, [ports.gateway, ports.nats, ports.temporal, ports.temporal_ui, ports.process(0)]))


async def test_a_taken_port_is_named_with_its_use_and_a_remedy_that_works(
    tmp_path: Path, offset: int, taken_port: int
) -> None:
    stack = LocalStack(
        StackSettings(data_dir=tmp_path, port_offset=offset), servers=(Server.NATS,), services=()
    )
    with pytest.raises(PortTakenError) as caught:
        async with stack:
            pass
    message = str(caught.value)
    assert f"port {taken_port} for NATS" in message
    assert not stack.processes
    suggested = int(message.rpartition("PORT_OFFSET=")[2].rstrip("."))
    check_free({Ports(suggested).nats: "NATS"}, suggested)
