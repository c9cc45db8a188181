"""The embedded servers of one stack: their ports and their processes."""

import httpx2

from local_stack.catalogue import LLM_WORKER, Server
from local_stack.folder import DataFolder
from local_stack.ports import HOST
from local_stack.probes import Probe, http_probe
from local_stack.process import ProcessSpec
from local_stack.servers.model import model
from local_stack.servers.nats import nats
from local_stack.servers.postgres import Postgres
from local_stack.servers.temporal import temporal
from local_stack.settings import StackSettings


class EmbeddedServers:
    """Knows how each server runs on this data folder."""

    def __init__(self, folder: DataFolder, settings: StackSettings, probes: httpx2.AsyncClient) -> None:
        self.postgres = Postgres(folder, settings.ports)
        self._folder = folder
        self._settings = settings
        self._probes = probes

    def ports(self, name: Server) -> dict[int, str]:
        """List the ports that a server listens on and what each is for."""
        ports = self._settings.ports
        match name:
            case Server.NATS:
                return {ports.nats: "NATS", ports.nats_monitoring: "NATS monitoring"}
            case Server.POSTGRES:
                return {ports.postgres: "PostgreSQL"}
            case Server.TEMPORAL:
                return {
                    ports.temporal: "Temporal",
                    ports.temporal_ui: "the Temporal UI",
                    ports.temporal_metrics: "Temporal's metrics",
                }
            case Server.MODEL:
                return {ports.model: "the local model"}

    def process(self, name: Server) -> ProcessSpec:
        """Describe a server's process; writes the configuration files that it reads."""
        ports = self._settings.ports
        match name:
            case Server.NATS:
                return nats(self._folder, ports, self._answers(ports.nats_monitoring, "/healthz"))
            case Server.POSTGRES:
                return self.postgres.process()
            case Server.TEMPORAL:
                # Through the UI, so that both it and the namespace are known to be there.
                ready = self._answers(ports.temporal_ui, "/api/v1/namespaces/default")
                return temporal(self._folder, ports, ready)
            case Server.MODEL:
                slots = min(4, max(2, self._settings.scale.get(LLM_WORKER.name, 1)))
                return model(self._folder, ports, self._answers(ports.model, "/health"), slots=slots)

    def _answers(self, port: int, path: str) -> Probe:
        return http_probe(self._probes, f"http://{HOST}:{port}{path}")
