"""The composition root: servers, set-up steps and services, in the order in which they need each other."""

import asyncio
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, suppress
from typing import Self

from local_stack.catalogue import (
    ALL_SERVERS,
    ALL_SERVICES,
    GATEWAY,
    SERVICES,
    SETUP_STEPS,
    Server,
    Service,
)
from local_stack.environment import service_environment
from local_stack.errors import SettingError
from local_stack.folder import DataFolder, StackState
from local_stack.ports import HOST, check_free, is_free
from local_stack.probes import http_probe, probe_client
from local_stack.process import ProcessSpec
from local_stack.servers.embedded import EmbeddedServers
from local_stack.settings import StackSettings
from local_stack.supervisor import SupervisedProcess, all_ready, run_once, stop_all, together

LEFTOVERS_GONE_WITHIN = 5.0
_READY_AT_ONCE = {Server.NATS, Server.POSTGRES}
Say = Callable[[str], None]


def _silent(_: str) -> None:
    return None


class LocalStack:
    """The servers and services of one data folder, for as long as the `async with` block runs.

    `servers` and `services` choose what runs (services by process name). Set-up steps run when any
    service does. `environment` adds variables to services: {process name: {variable: value}}; the
    name "" stands for every service. `say` gets lines for the person at the terminal.

    The processes die with the thread that entered the block, however it dies.

    Raises (on entering):
        StackError: with a message that says what failed and what to do.
    """

    def __init__(
        self,
        settings: StackSettings,
        *,
        servers: Collection[Server] | None = None,
        services: Collection[str] = ALL_SERVICES,
        environment: Mapping[str, Mapping[str, str]] | None = None,
        say: Say = _silent,
    ) -> None:
        if unknown := set(services) - ALL_SERVICES:
            raise SettingError(f"No such services: {', '.join(sorted(unknown))}")
        self.settings = settings
        self.ports = settings.ports
        self.folder = DataFolder(settings.data_dir)
        self._servers = _default_servers(settings) if servers is None else frozenset(servers)
        self._services = [service for service in SERVICES if service.name in services]
        self._environment = environment or {}
        self._say = say
        self._probes = probe_client()
        self._embedded = EmbeddedServers(self.folder, settings, self._probes)
        self._processes: dict[str, SupervisedProcess] = {}
        self._resources = AsyncExitStack()

    @property
    def gateway_url(self) -> str:
        """The UI and the REST interface."""
        return f"http://{HOST}:{self.ports.gateway}"

    @property
    def nats_url(self) -> str:
        """The bus."""
        return f"nats://{HOST}:{self.ports.nats}"

    @property
    def temporal_address(self) -> str:
        """Temporal's gRPC front end, host:port."""
        return f"{HOST}:{self.ports.temporal}"

    @property
    def temporal_ui_url(self) -> str:
        """Temporal's web pages."""
        return f"http://{HOST}:{self.ports.temporal_ui}"

    @property
    def database_url(self) -> str:
        """The database `reports`, with its password."""
        return self._embedded.postgres.database_url

    @property
    def model_url(self) -> str:
        """The local model's base URL."""
        return f"http://{HOST}:{self.ports.model}/v1"

    @property
    def state(self) -> StackState:
        """What others on this machine may know of the stack."""
        return StackState(os.getpid(), self.gateway_url, self.temporal_ui_url, self.settings.model_name)

    @property
    def processes(self) -> Mapping[str, SupervisedProcess]:
        """Every supervised process by name; several of a service are `<name>-1`, `<name>-2` and so on."""
        return self._processes

    def service_environment(self, service: Service, *, http_port: int) -> dict[str, str]:
        """Give what a process of this service finds in its environment."""
        database_url = self.database_url if Server.POSTGRES in self._servers else ""
        environment = service_environment(
            service,
            http_port=http_port,
            settings=self.settings,
            store=self.folder.artifacts,
            database_url=database_url,
        )
        return (
            environment | dict(self._environment.get("", {})) | dict(self._environment.get(service.name, {}))
        )

    async def __aenter__(self) -> Self:
        self.folder.create()
        try:
            await self._start()
        except BaseException:
            await self._resources.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._resources.aclose()

    def hurry(self) -> None:
        """Kill what still runs instead of waiting for it to end; for a second Ctrl-C."""
        for process in self._processes.values():
            process.hurry()

    async def _start(self) -> None:
        self._resources.enter_context(self.folder.owned())
        await self._resources.enter_async_context(self._probes)
        await self._check_ports()
        servers = await self._start_servers()
        self._resources.push_async_callback(stop_all, servers)
        # Temporal and the model load while the first services do; those wait for Temporal by themselves.
        await all_ready(process for process in servers if process.name in _READY_AT_ONCE)
        self._resources.push_async_callback(self._stop_services)
        await together(all_ready(servers), self._start_services())
        self.folder.write_state(self.state)

    async def _check_ports(self) -> None:
        needed = self._needed_ports()
        if self.folder.was_killed:
            # The kernel is still clearing away the processes of a stack that was killed just now.
            with suppress(TimeoutError):
                async with asyncio.timeout(LEFTOVERS_GONE_WITHIN):
                    while not all(map(is_free, needed)):  # noqa: ASYNC110 - no event tells of a free port
                        await asyncio.sleep(0.05)
        check_free(needed, self.ports.offset)

    def _needed_ports(self) -> dict[int, str]:
        needed = {port: name for name, _, port in self._instances()}
        for server in Server:
            if server in self._servers:
                needed |= self._embedded.ports(server)
        return needed

    async def _start_servers(self) -> list[SupervisedProcess]:
        names = [name for name in Server if name in self._servers]
        if names:
            self._say(f"Starting servers: {', '.join(names)}")
        if Server.POSTGRES in names:
            for remark in await self._embedded.postgres.prepare():
                self._say(remark)
        return self._supervise(self._embedded.process(name) for name in names)

    async def _start_services(self) -> None:
        instances = self._instances()
        if not instances:
            return
        self._say(f"Starting services: {', '.join(name for name, _, _ in instances)}")
        early = self._supervise(self._service_specs(needs_setup=False))
        await together(all_ready(early), self._set_up_and_start_the_rest())

    async def _set_up_and_start_the_rest(self) -> None:
        for step in SETUP_STEPS:
            await run_once(self._service_spec(step.name, step, http_port=0))
        await all_ready(self._supervise(self._service_specs(needs_setup=True)))

    def _service_specs(self, *, needs_setup: bool) -> Iterator[ProcessSpec]:
        for name, service, port in self._instances():
            if service.needs_setup is needs_setup:
                yield self._service_spec(name, service, http_port=port)

    def _instances(self) -> list[tuple[str, Service, int]]:
        """List name, kind and HTTP port of every service process."""
        names = []
        for service in self._services:
            count = self.settings.scale.get(service.name, 1)
            suffixes = [f"-{number}" for number in range(1, count + 1)] if count > 1 else [""]
            names += [(f"{service.name}{suffix}", service) for suffix in suffixes]
        ports = iter(range(self.ports.process(0), self.ports.process(len(names))))
        return [
            (name, service, self.ports.gateway if service is GATEWAY else next(ports))
            for name, service in names
        ]

    def _service_spec(self, name: str, service: Service, *, http_port: int) -> ProcessSpec:
        return ProcessSpec(
            name=name,
            argv=(sys.executable, "-m", service.package, service.role),
            environment=self.service_environment(service, http_port=http_port),
            log=self.folder.log(name),
            folder=self.folder.root,
            is_ready=http_probe(self._probes, f"http://{HOST}:{http_port}/health/ready"),
        )

    async def _stop_services(self) -> None:
        await stop_all(process for name, process in self._processes.items() if name not in ALL_SERVERS)

    def _supervise(self, specs: Iterable[ProcessSpec]) -> list[SupervisedProcess]:
        group = [SupervisedProcess(spec, self._say) for spec in specs]
        for process in group:
            self._processes[process.name] = process
            process.start()
        return group


def _default_servers(settings: StackSettings) -> frozenset[Server]:
    return ALL_SERVERS if settings.local_model else ALL_SERVERS - {Server.MODEL}
