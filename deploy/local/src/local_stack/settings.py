from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from local_stack.ports import HIGHEST_OFFSET, Ports
from local_stack.scale import checked_scale, parse_scale

LOCAL_MODEL = "SmolLM2-135M-Instruct"


def _read_scale(value: object) -> object:
    if isinstance(value, str):
        return parse_scale(value)
    return checked_scale(value) if isinstance(value, dict) else value


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError(f"{path}: there is no such home folder") from error


class StackSettings(BaseSettings):
    """Settings of the one-machine stack, from the environment unless given."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True)

    data_dir: Annotated[Path, AfterValidator(_expanded)] = Path(".data")
    port_offset: int = Field(default=0, ge=0, le=HIGHEST_OFFSET)
    scale: Annotated[dict[str, int], NoDecode, BeforeValidator(_read_scale)] = Field(default_factory=dict)
    bootstrap_api_key: SecretStr | None = None

    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    llm_model: str | None = None
    llm_max_output_tokens: int | None = Field(default=None, ge=1)

    artifact_store_url: str | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "console"

    @property
    def local_model(self) -> bool:
        """Whether reports are written by the small model on this machine."""
        return self.openai_api_key is None

    @property
    def model_name(self) -> str:
        """The model in use, as shown to people."""
        if self.local_model:
            return f"{LOCAL_MODEL} (on this machine; set OPENAI_API_KEY to use another)"
        where = f" at {self.openai_base_url}" if self.openai_base_url else ""
        return f"{self.llm_model or 'the default of llm_worker'}{where}"

    @property
    def ports(self) -> Ports:
        """The ports at this offset."""
        return Ports(self.port_offset)
