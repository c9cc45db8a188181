"""A gateway that cannot start says why in a sentence, and nothing else."""

import asyncio
import socket
import sys

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway",
            "gateway",
            env={"HTTP_PORT": str(port), "NATS_URL": "nats://127.0.0.1:1", "LOG_FORMAT": "json"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        _, complaint = await process.communicate()
    lines = complaint.decode().splitlines()
    assert process.returncode == 2
    assert len(lines) == 2, complaint.decode()
    assert lines[1].strip().startswith(f"HTTP_PORT: 127.0.0.1:{port}: Address already in use.")
