"""What the gateway reads from its environment."""

from datetime import timedelta

from pydantic import BaseModel, Field, HttpUrl
from pydantic_settings import SettingsConfigDict

from contracts.workflows import REVIEW_REMINDER_AFTER, REVIEW_TIMEOUT
from runtime.artifacts import ArtifactSettings
from runtime.bus import BusSettings
from runtime.database import DatabaseSettings
from runtime.durable import TemporalSettings
from runtime.health import HttpSettings
from runtime.settings import EnvironmentSettings


class GatewayHttpSettings(HttpSettings):
    """`HTTP_HOST` and `HTTP_PORT`: where people and other systems reach the product."""

    http_port: int = 8080


class ObservabilitySettings(EnvironmentSettings):
    """`GRAFANA_URL` and `PROMETHEUS_URL`: what they know is shown on the operations page."""

    model_config = SettingsConfigDict(env_ignore_empty=True)

    grafana_url: HttpUrl | None = None
    prometheus_url: HttpUrl | None = None


class ScheduleSettings(EnvironmentSettings):
    """`SCHEDULE_MINIMUM_INTERVAL_SECONDS`: how often a schedule may have a report written at most."""

    schedule_minimum_interval_seconds: int = Field(default=300, ge=60)

    @property
    def minimum_interval(self) -> timedelta:
        """The least time between two runs."""
        return timedelta(seconds=self.schedule_minimum_interval_seconds)


class ReviewSettings(EnvironmentSettings):
    """`REVIEW_TIMEOUT_DAYS` and `REVIEW_REMINDER_AFTER_DAYS`, as intake has them: only shown here."""

    review_timeout_days: float = Field(default=REVIEW_TIMEOUT / timedelta(days=1), gt=0)
    review_reminder_after_days: float | None = Field(default=None, gt=0)

    @property
    def timeout(self) -> timedelta:
        """How long a draft waits for its decision."""
        return timedelta(days=self.review_timeout_days)

    @property
    def reminder_after(self) -> timedelta:
        """When its reviewers are reminded."""
        if self.review_reminder_after_days is None:
            return self.timeout * (REVIEW_REMINDER_AFTER / REVIEW_TIMEOUT)
        return timedelta(days=self.review_reminder_after_days)


class GatewaySettings(BaseModel):
    """The address to serve and everything that stands behind it."""

    bus: BusSettings = Field(default_factory=BusSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    artifacts: ArtifactSettings = Field(default_factory=ArtifactSettings)
    http: GatewayHttpSettings = Field(default_factory=GatewayHttpSettings)
    observability: ObservabilitySettings = Field(default_factory=ObservabilitySettings)
    schedules: ScheduleSettings = Field(default_factory=ScheduleSettings)
    review: ReviewSettings = Field(default_factory=ReviewSettings)
