"""On a cluster of three, what was confirmed outlives a server: streams are made with three replicas."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

import nats
import pytest

from local_stack.binaries import binary
from local_stack.environment import server_environment
from local_stack.logs import LogFile
from local_stack.ports import HOST, Ports, free_port_offset
from local_stack.process import ProcessSpec, spawn
from orchestrator import topology

SERVERS = 3
T = TypeVar("T")


class Cluster:
    """Three servers with JetStream."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        ports = Ports(free_port_offset())
        self._clients = [ports.process(index) for index in range(SERVERS)]
        self._routes = [ports.process(SERVERS + index) for index in range(SERVERS)]
        self.servers: list[asyncio.subprocess.Process] = []

    @property
    def urls(self) -> list[str]:
        """Where clients connect."""
        return [f"nats://{HOST}:{port}" for port in self._clients]

    async def start(self) -> None:
        """Start the servers; they find each other by themselves."""
        routes = [f"nats://{HOST}:{port}" for port in self._routes]
        for index in range(SERVERS):
            home = self._folder / f"nats-{index}"
            home.mkdir()
            configuration = {
                "server_name": f"nats-{index}",
                "host": HOST,
                "port": self._clients[index],
                "jetstream": {"store_dir": str(home), "sync_interval": "always"},
                "cluster": {"name": "nats", "host": HOST, "port": self._routes[index], "routes": routes},
            }
            path = home / "nats.conf"
            # NATS reads JSON too.
            path.write_text(json.dumps(configuration))
            spec = ProcessSpec(
                name=home.name,
                argv=(binary("nats-server"), "--config", str(path)),
                environment=server_environment(),
                log=LogFile(home / "nats.log"),
                folder=home,
            )
            self.servers.append(await spawn(spec))

    async def stop(self) -> None:
        """Stop what still runs."""
        for server in self.servers:
            if server.returncode is None:
                server.kill()
            await server.wait()


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    """Three running servers."""
    cluster = Cluster(tmp_path)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(cluster.stop)
        await cluster.start()
        yield cluster


async def _once_there_is_a_leader(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again while the servers choose; the test's own timeout bounds it."""
    while True:
        try:
            return await ask()
        except (nats.errors.Error, OSError, TimeoutError):
            await asyncio.sleep(0.1)


async def test_what_was_confirmed_outlives_a_server(cluster: Cluster) -> None:
    client = await nats.connect(cluster.urls, max_reconnect_attempts=-1, reconnect_time_wait=1)
    try:
        jetstream = client.jetstream(timeout=2)
        await _once_there_is_a_leader(lambda: topology.apply(jetstream, replicas=SERVERS))
        stream, subject = str(topology.streams()[0].name), "reports.v1.request.test.1"
        headers = {"Nats-Msg-Id": "1"}
        confirmed = await _once_there_is_a_leader(
            lambda: jetstream.publish(subject, b"{}", stream=stream, headers=headers)
        )
        cluster.servers[0].kill()
        await cluster.servers[0].wait()
        found = await _once_there_is_a_leader(lambda: jetstream.get_msg(stream, confirmed.seq))
        assert found.subject == subject
        info = await _once_there_is_a_leader(lambda: jetstream.stream_info(stream))
        assert info.config.num_replicas == SERVERS
        for of_stream, consumer in topology.consumers():
            name = str(consumer.durable_name)
            described = await _once_there_is_a_leader(partial(jetstream.consumer_info, of_stream, name))
            assert described.cluster is not None
    finally:
        await client.close()
