"""What the gateway reads from its environment."""

from pydantic import BaseModel, Field

from runtime.artifacts import ArtifactSettings
from runtime.bus import BusSettings
from runtime.database import DatabaseSettings
from runtime.durable import TemporalSettings
from runtime.health import HttpSettings


class GatewayHttpSettings(HttpSettings):
    """`HTTP_HOST` and `HTTP_PORT`: where people and other systems reach the product."""

    http_port: int = 8080


class GatewaySettings(BaseModel):
    """The address to serve and everything that stands behind it."""

    bus: BusSettings = Field(default_factory=BusSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    artifacts: ArtifactSettings = Field(default_factory=ArtifactSettings)
    http: GatewayHttpSettings = Field(default_factory=GatewayHttpSettings)
