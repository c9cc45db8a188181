"""What each role of the orchestrator reads from its environment."""

from pydantic import BaseModel, Field

from runtime.artifacts import ArtifactSettings
from runtime.bus import BusSettings
from runtime.database import DatabaseSettings
from runtime.durable import TemporalSettings
from runtime.health import HttpSettings


class IntakeSettings(BaseModel):
    """The bus to read from and the Temporal to start workflows on."""

    bus: BusSettings = Field(default_factory=BusSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)


class WorkflowsSettings(BaseModel):
    """The Temporal to serve and the bus for signs of life."""

    bus: BusSettings = Field(default_factory=BusSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)


class MetadataSettings(BaseModel):
    """The Temporal to serve and the database to write; the bus and the store to compare it with."""

    artifacts: ArtifactSettings = Field(default_factory=ArtifactSettings)
    bus: BusSettings = Field(default_factory=BusSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)


class SetupSettings(BaseModel):
    """What the setup step prepares."""

    bus: BusSettings = Field(default_factory=BusSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)


class DeadLetterSettings(BaseModel):
    """The bus whose dead letters an operator looks at."""

    bus: BusSettings = Field(default_factory=BusSettings)
