"""The small model on this machine, behind an OpenAI-compatible address."""

import sys

from local_stack.environment import server_environment
from local_stack.folder import DataFolder
from local_stack.ports import Ports
from local_stack.probes import Probe
from local_stack.process import ProcessSpec


def model(folder: DataFolder, ports: Ports, is_ready: Probe, *, slots: int) -> ProcessSpec:
    """Describe the server's process; it answers `slots` requests at a time, others queue."""
    arguments = ("--port", str(ports.model), "--slots", str(slots))
    return ProcessSpec(
        name="model",
        argv=(sys.executable, "-m", "local_stack.model_server", *arguments),
        environment=server_environment(),
        log=folder.log("model"),
        folder=folder.root,
        is_ready=is_ready,
        # It has nothing to save.
        stop_timeout=1.0,
    )
