"""What a running activity waits for, told in its heartbeat so that the report's status can say it."""

from enum import StrEnum

from contracts.model import WireModel


class WaitsFor(StrEnum):
    """Something that an activity cannot go on without."""

    DATABASE = "database"
    ARTIFACT_STORE = "artifact store"


class HeartbeatNote(WireModel):
    """The part of an activity's heartbeat details that is meant for others."""

    waiting_for: WaitsFor | None = None
