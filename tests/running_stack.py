"""The whole system as a user starts it: `python -m local_stack up` in a folder and at ports of its own."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil

from local_stack.ports import HOST, Ports, free_port_offset
from local_stack.process import signal_on_parent_death

READY_WITHIN_SECONDS = 90.0
STOPPED_WITHIN_SECONDS = 30.0


@dataclass
class RunningStack:
    """A stack in a process of its own; start it, stop it, kill it, start it again."""

    data_dir: Path
    openai_base_url: str | None = None
    scale: str = ""
    extra_environment: dict[str, str] = field(default_factory=dict)
    ports: Ports = field(default_factory=lambda: Ports(free_port_offset()))
    module: tuple[str, ...] = ("local_stack", "up")
    """What Python runs: the module and its arguments."""
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def gateway_url(self) -> str:
        """Where the UI and the REST interface answer."""
        return f"http://{HOST}:{self.ports.gateway}"

    @property
    def nats_url(self) -> str:
        """Where the bus listens."""
        return f"nats://{HOST}:{self.ports.nats}"

    @property
    def temporal_address(self) -> str:
        """Where Temporal's front end listens."""
        return f"{HOST}:{self.ports.temporal}"

    @property
    def output(self) -> Path:
        """What the stack itself printed."""
        return self.data_dir.with_name(f"{self.data_dir.name}.out")

    def environment(self) -> dict[str, str]:
        """Give the environment of a command that works with this stack."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("OPENAI_", "LLM_")) and name not in {"SCALE", "PROMPT", "OUT"}
        }
        environment = kept | {"DATA_DIR": str(self.data_dir), "PORT_OFFSET": str(self.ports.offset)}
        if self.openai_base_url:
            environment |= {
                "OPENAI_API_KEY": "simulated",
                "OPENAI_BASE_URL": self.openai_base_url,
                "LLM_MODEL": "simulated-1",
            }
        return environment | {"SCALE": self.scale} | self.extra_environment

    def start(self) -> None:
        """Start the stack, and return when it prints that it is ready.

        Raises:
            AssertionError: it ended, or was not ready in time; with what it printed.

        """
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self.module],
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # A run of tests that is killed leaves no stack behind.
                preexec_fn=partial(signal_on_parent_death, signal.SIGKILL),  # noqa: PLW1509 - before threads matter
            )
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while "Ready in" not in self.output.read_text():
            assert self._process.poll() is None, self.story()
            assert time.monotonic() < deadline, f"not ready in time\n{self.story()}"
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        self._process.wait(STOPPED_WITHIN_SECONDS)
        self._process = None

    def kill(self) -> None:
        """Kill the whole process group, as a power failure would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(STOPPED_WITHIN_SECONDS)
        self._process = None

    def children(self) -> list[psutil.Process]:
        """List the processes that the stack itself has started: the servers and the services."""
        assert self._process is not None
        return psutil.Process(self._process.pid).children()

    def family(self) -> list[psutil.Process]:
        """List every process that the stack has started, and theirs."""
        assert self._process is not None
        return psutil.Process(self._process.pid).children(recursive=True)

    def processes(self, package: str, role: str) -> list[psutil.Process]:
        """List the running processes of one service role of this stack."""
        return [
            process
            for process in self.family()
            if process.is_running() and process.cmdline()[-2:] == [package, role]
        ]

    def server(self, name: str) -> psutil.Process:
        """Find an embedded server by the name of its binary."""
        assert self._process is not None
        return next(
            process
            for process in psutil.Process(self._process.pid).children()
            if Path(process.cmdline()[0]).name == name
        )

    def story(self) -> str:
        """Tell what a failed test's reader needs: ports, logs, and what the stack printed."""
        return (
            f"PORT_OFFSET={self.ports.offset} DATA_DIR={self.data_dir} logs: {self.data_dir / 'logs'}\n"
            f"{self.output.read_text()[-3000:]}"
        )
