"""The metrics of a process, from its begin to its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from prometheus_client import disable_created_metrics

from runtime.metrics import catalogue
from runtime.metrics.catalogue.processes import BUILD_INFO
from runtime.metrics.definitions import Process
from runtime.metrics.temporal_sdk import measuring


@asynccontextmanager
async def exporting(service: str, role: str, *, revision: str) -> AsyncIterator[None]:
    """Export this process's metrics while the context is open; a one-shot step has none."""
    name = f"{service} {role}"
    if name not in set(Process):
        yield
        return
    # When a series began is not asked for, and would double what is shown.
    disable_created_metrics()  # type: ignore[no-untyped-call] # the library leaves it unannotated
    catalogue.export(Process(name))
    BUILD_INFO.labels(service=service, role=role, version=version(service), revision=revision).set(1)
    async with measuring():
        yield
