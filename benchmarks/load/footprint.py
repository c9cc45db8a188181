"""What each process of a stack uses: processor time does not depend on how busy the machine is."""

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

SERVERS = {"nats-server": "NATS", "temporal": "Temporal", "postgres": "PostgreSQL"}
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Footprint:
    """Processor seconds since the start, and resident MiB now, of all processes of each kind."""

    cpu_seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    memory_mib: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    processes: Counter[str] = field(default_factory=Counter)


def footprint(children: list[psutil.Process]) -> Footprint:
    """Measure the children of a stack, each with what it started itself."""
    taken = Footprint()
    for child in children:
        with suppress(psutil.NoSuchProcess):
            name = _name(child)
            taken.processes[name] += 1
            for process in (child, *child.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    times = process.cpu_times()
                    # A finished child's time goes to its parent's `children_*`.
                    taken.cpu_seconds[name] += (
                        times.user + times.system + times.children_user + times.children_system
                    )
                    taken.memory_mib[name] += process.memory_info().rss / MIB
    return taken


def _name(process: psutil.Process) -> str:
    command = process.cmdline()
    return SERVERS.get(Path(command[0]).name) or " ".join(command[-2:])
