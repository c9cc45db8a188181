"""What each role of the notifier reads from its environment."""

from pydantic import BaseModel, Field

from runtime.bus import BusSettings
from runtime.database import DatabaseSettings
from runtime.durable import TemporalSettings
from runtime.health import HttpSettings
from runtime.settings import EnvironmentSettings


class WebhookSettings(EnvironmentSettings):
    """`WEBHOOK_ALLOW_PRIVATE_ADDRESSES`: true lets webhooks reach loopback and private networks."""

    webhook_allow_private_addresses: bool = False


class AnnouncerSettings(BaseModel):
    """The Temporal to serve and the bus to publish on."""

    bus: BusSettings = Field(default_factory=BusSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)


class DispatcherSettings(BaseModel):
    """The bus to read from, the Temporal that delivers, the database of endpoints and deliveries."""

    bus: BusSettings = Field(default_factory=BusSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
    webhooks: WebhookSettings = Field(default_factory=WebhookSettings)


class SetupSettings(BaseModel):
    """What the setup step prepares."""

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
