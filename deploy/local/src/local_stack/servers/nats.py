"""NATS with JetStream, every message on the disk before it is confirmed."""

from local_stack.binaries import binary
from local_stack.environment import server_environment
from local_stack.folder import DataFolder
from local_stack.ports import HOST, Ports
from local_stack.probes import Probe
from local_stack.process import ProcessSpec

CONFIGURATION = """\
server_name: reports-local
host: "{host}"
port: {port}
http: "{host}:{monitoring}"
jetstream {{
  store_dir: "{store}"
  # The default confirms a message minutes before it is on the disk.
  sync_interval: always
}}
"""


def nats(folder: DataFolder, ports: Ports, is_ready: Probe) -> ProcessSpec:
    """Write the server's configuration and describe its process."""
    home = folder.server("nats")
    home.mkdir(parents=True, exist_ok=True)
    configuration = home / "nats.conf"
    store = str(home / "jetstream").replace("\\", "\\\\").replace('"', '\\"')
    configuration.write_text(
        CONFIGURATION.format(host=HOST, port=ports.nats, monitoring=ports.nats_monitoring, store=store)
    )
    return ProcessSpec(
        name="nats",
        argv=(binary("nats-server"), "--config", str(configuration)),
        environment=server_environment(),
        log=folder.log("nats"),
        folder=home,
        is_ready=is_ready,
    )
