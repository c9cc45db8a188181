from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, Field, PositiveFloat, PositiveInt, SecretStr

from runtime.artifacts import ArtifactSettings
from runtime.bus import BusSettings
from runtime.database import DatabaseSettings
from runtime.durable import TemporalSettings
from runtime.health import HttpSettings
from runtime.settings import EnvironmentSettings


class ApiChoice(StrEnum):
    """Which protocol is spoken."""

    AUTO = "auto"
    """Responses in the background at OpenAI itself, Chat Completions everywhere else."""
    RESPONSES = "responses"
    CHAT_COMPLETIONS = "chat_completions"


class LlmSettings(EnvironmentSettings):
    """Which endpoint writes, how much it may write, and what it charges.

    Prices are USD for a million tokens. Without both of them a report's cost is unknown, which is not zero.
    """

    openai_api_key: SecretStr
    openai_base_url: str | None = None
    """None: OpenAI itself."""
    llm_api: ApiChoice = ApiChoice.AUTO
    llm_model: str = "gpt-4.1-mini"
    llm_max_output_tokens: PositiveInt = 4096
    llm_stream: bool = True
    llm_temperature: float | None = Field(default=None, ge=0, le=2)
    """None leaves it to the endpoint; some models accept no other."""
    llm_connect_timeout_seconds: PositiveFloat = 10.0
    llm_idle_timeout_seconds: PositiveFloat = 120.0
    """A stream that sends nothing for this long is taken for dead."""
    llm_answer_timeout_seconds: PositiveFloat = 600.0
    """How long an answer may take when it is not streamed."""
    llm_max_concurrent_calls: PositiveInt = 8
    """Calls that one worker process runs side by side."""
    llm_requests_per_minute: PositiveFloat | None = None
    """Calls that all workers together begin; None: as many as there is work."""
    llm_finish_on_stop_seconds: float = Field(default=4.0, ge=0)
    """How long a worker that is told to stop waits for an answer that it cannot hand over."""
    llm_input_price_per_mtok: Decimal | None = Field(default=None, ge=0)
    llm_output_price_per_mtok: Decimal | None = Field(default=None, ge=0)


class WorkerSettings(BaseModel):
    """Everything that the worker process reads from its environment."""

    llm: LlmSettings = Field(default_factory=LlmSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    artifacts: ArtifactSettings = Field(default_factory=ArtifactSettings)
    bus: BusSettings = Field(default_factory=BusSettings)
    temporal: TemporalSettings = Field(default_factory=TemporalSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)


class SetupSettings(BaseModel):
    """What the setup step prepares."""

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
