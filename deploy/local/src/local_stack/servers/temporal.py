"""Temporal's development server on a SQLite file."""

from local_stack.binaries import binary
from local_stack.environment import server_environment
from local_stack.folder import DataFolder
from local_stack.ports import HOST, Ports
from local_stack.probes import Probe
from local_stack.process import ProcessSpec

DYNAMIC_CONFIG = (
    # The default of 20 polls a second adds about 50 ms to each step of a workflow.
    "history.transferProcessorMaxPollRPS=1000",
    "matching.enableFairness=true",
    # Each part of a queue would be fair by itself only, and four parts of a short queue are no turns at all.
    "matching.numTaskqueueWritePartitions=1",
)
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")


def temporal(folder: DataFolder, ports: Ports, is_ready: Probe) -> ProcessSpec:
    """Describe the server's process."""
    home = folder.server("temporal")
    home.mkdir(parents=True, exist_ok=True)
    flags = {
        "--ip": HOST,
        "--port": str(ports.temporal),
        "--ui-port": str(ports.temporal_ui),
        "--metrics-port": str(ports.temporal_metrics),
        "--db-filename": str(home / "temporal.db"),
        "--log-level": "warn",
    }
    argv = [binary("temporal"), "server", "start-dev", "--disable-config-file", "--ui-disable-news-fetch"]
    argv += [part for flag in flags.items() for part in flag]
    argv += [part for pragma in PRAGMAS for part in ("--sqlite-pragma", pragma)]
    argv += [part for setting in DYNAMIC_CONFIG for part in ("--dynamic-config-value", setting)]
    return ProcessSpec(
        name="temporal",
        argv=tuple(argv),
        environment=server_environment(),
        log=folder.log("temporal"),
        folder=home,
        is_ready=is_ready,
    )
