"""What each role of the orchestrator reads from its environment."""

from datetime import timedelta

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from contracts.workflows import REVIEW_REMINDER_AFTER, REVIEW_TIMEOUT
from runtime.artifacts import ArtifactSettings
from runtime.bus import BusSettings
from runtime.database import DatabaseSettings
from runtime.durable import TemporalSettings
from runtime.health import HttpSettings
from runtime.settings import EnvironmentSettings

ONE_DAY = timedelta(days=1)


class ReviewSettings(EnvironmentSettings):
    """`REVIEW_TIMEOUT_DAYS`: how long a draft waits for its decision; then its report fails.

    `REVIEW_REMINDER_AFTER_DAYS`: when a reminder is announced; without it, after five sevenths of that time.
    """

    review_timeout_days: float = Field(default=REVIEW_TIMEOUT / ONE_DAY, gt=0, le=365)
    review_reminder_after_days: float | None = Field(default=None, gt=0)

    @field_validator("review_reminder_after_days")
    @classmethod
    def _comes_first(cls, days: float | None, values: ValidationInfo) -> float | None:
        timeout = values.data.get("review_timeout_days")
        if days is not None and timeout is not None and days >= timeout:
            raise ValueError(f"must be less than REVIEW_TIMEOUT_DAYS ({timeout:g}), or left out")
        return days

    @property
    def timeout(self) -> timedelta:
        """How long a draft waits."""
        return self.review_timeout_days * ONE_DAY

    @property
    def reminder_after(self) -> timedelta:
        """When its reviewers are reminded."""
        if self.review_reminder_after_days is None:
            return self.timeout * (REVIEW_REMINDER_AFTER / REVIEW_TIMEOUT)
        return self.review_reminder_after_days * ONE_DAY


class IntakeSettings(BaseModel):
    """The bus to read from, the Temporal to start workflows on, and what they are started with."""

    review: ReviewSettings = Field(default_factory=ReviewSettings)
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
    review: ReviewSettings = Field(default_factory=ReviewSettings)
    bus: BusSettings = Field(default_factory=BusSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)


class StreamSettings(EnvironmentSettings):
    """`STREAM_REPLICAS`: on how many servers of a NATS cluster each message is."""

    stream_replicas: int = Field(default=1, ge=1, le=5)


class SetupSettings(BaseModel):
    """What the setup step prepares."""

    streams: StreamSettings = Field(default_factory=StreamSettings)
    bus: BusSettings = Field(default_factory=BusSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)


class DeadLetterSettings(BaseModel):
    """The bus whose dead letters an operator looks at."""

    bus: BusSettings = Field(default_factory=BusSettings)
