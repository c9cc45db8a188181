"""What the stack consists of: the servers it embeds and the service processes it runs."""

from dataclasses import dataclass
from enum import StrEnum


class Server(StrEnum):
    """An embedded server; the value names its process and its log."""

    NATS = "nats"
    POSTGRES = "postgres"
    TEMPORAL = "temporal"
    MODEL = "model"


@dataclass(frozen=True)
class Service:
    """A kind of service process, run as `python -m <package> <role>`.

    `database`: it works with tables. `needs_setup`: it starts only when streams and tables are there.
    """

    name: str
    package: str
    role: str
    database: bool = True
    scales: bool = True
    needs_setup: bool = True


GATEWAY = Service("gateway", "gateway", "gateway", scales=False)
LLM_WORKER = Service("llm_worker", "llm_worker", "worker", needs_setup=False)

SERVICES = (
    GATEWAY,
    Service("orchestrator-intake", "orchestrator", "intake"),
    Service("orchestrator-workflows", "orchestrator", "workflows", database=False, needs_setup=False),
    Service("orchestrator-metadata", "orchestrator", "metadata"),
    LLM_WORKER,
    Service("pdf_worker", "pdf_worker", "worker", database=False, needs_setup=False),
    Service("notifier-announcer", "notifier", "announcer", database=False, needs_setup=False),
    Service("notifier-dispatcher", "notifier", "dispatcher"),
)

SETUP_STEPS = (
    Service("orchestrator-setup", "orchestrator", "setup"),
    Service("llm_worker-setup", "llm_worker", "setup"),
    Service("notifier-setup", "notifier", "setup"),
)

ALL_SERVERS = frozenset(Server)
ALL_SERVICES = frozenset(service.name for service in SERVICES)
