"""What was seen of a run from outside the services: the evidence that the oracle judges."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """A request that was answered 202, and what was done to its report that may cost or repeat something."""

    workflow_id: str
    prompt: str
    paid_faults: int = 0
    """Faults that struck its model call after the provider had begun to bill it."""
    reattaches: bool = False
    """True: even then the call is billed once, because it can be taken up again."""
    lost_answers: int = 0
    """Faults by which the provider itself lost what it had billed: nobody could take that up again."""
    revisions: int = 1
    """Drafts that were asked for; each is a call of its own."""
    repeated_events: int = 0
    """Times its completion event was put on the stream again by the test itself."""


@dataclass(frozen=True)
class Execution:
    """One run of a workflow as Temporal lists it."""

    workflow_id: str
    status: str


@dataclass(frozen=True)
class Row:
    """One row of `reports`."""

    workflow_id: str
    status: str
    pdf_sha256: str | None


@dataclass(frozen=True)
class StoredPdf:
    """One PDF in the artifact store; the sha256 is of its bytes."""

    workflow_id: str
    key: str
    sha256: str


@dataclass(frozen=True)
class Event:
    """One message of the event stream."""

    event_id: str
    type: str
    workflow_id: str


@dataclass(frozen=True)
class Webhook:
    """One request that the webhook endpoint got; `valid` when its signature could be verified."""

    webhook_id: str
    type: str
    workflow_id: str
    valid: bool


@dataclass(frozen=True)
class BilledCall:
    """One call that the provider billed something for."""

    prompt: str
    outcome: str


@dataclass(frozen=True)
class Consumer:
    """A durable consumer: what it has not read yet, and what it has read but not acknowledged."""

    name: str
    pending: int
    unacknowledged: int


@dataclass(frozen=True)
class Record:
    """Everything that was seen at the end of a run."""

    asked: list[Asked] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    pdfs: list[StoredPdf] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    webhooks: list[Webhook] = field(default_factory=list)
    calls: list[BilledCall] = field(default_factory=list)
    consumers: list[Consumer] = field(default_factory=list)
    open_workflows: int = 0
    """Workflows of any type that Temporal still has under way."""
    poison: list[bytes] = field(default_factory=list)
    """Messages that were sent and can never become anything."""
    dead_letters: list[bytes] = field(default_factory=list)
    """Originals of the messages in the dead letters."""
