"""What each process finds in its environment: what it needs, and no other process's secrets."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from local_stack.catalogue import GATEWAY, LLM_WORKER, Service
from local_stack.ports import HOST
from local_stack.settings import LOCAL_MODEL, StackSettings

LOCAL_MODEL_KEY = "local"
# The small model repeats itself in long answers, and writes about 70 tokens a second on two cores.
LOCAL_MODEL_OUTPUT_TOKENS = 1200

_BASICS = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
_SECRET = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|DATABASE_URL)$|^(OPENAI|MAKE|MFLAGS)")
_STORE_CREDENTIALS = re.compile(r"^(AWS|AZURE|GOOGLE)_")
# Python files are compiled once and kept: eight processes start together.
_NOT_FOR_CHILDREN = {"PYTHONDONTWRITEBYTECODE", "PROMPT", "OUT", "SCALE", "DATA_DIR", "PORT_OFFSET"}


def server_environment() -> dict[str, str]:
    """Make the environment of an embedded server: nothing of the user's settings."""
    return {name: os.environ[name] for name in _BASICS if name in os.environ}


def service_environment(
    service: Service, *, http_port: int, settings: StackSettings, store: Path, database_url: str
) -> dict[str, str]:
    """Make a service's environment: the user's, without secrets, plus the stack's addresses."""
    ports = settings.ports
    environment = _without_secrets(os.environ)
    environment |= {
        "NATS_URL": f"nats://{HOST}:{ports.nats}",
        "TEMPORAL_ADDRESS": f"{HOST}:{ports.temporal}",
        "TEMPORAL_NAMESPACE": "default",
        "ARTIFACT_STORE_URL": settings.artifact_store_url or store.as_uri(),
        "HTTP_HOST": HOST,
        "HTTP_PORT": str(http_port),
        "LOG_LEVEL": settings.log_level,
        "LOG_FORMAT": settings.log_format,
        "WEBHOOK_ALLOW_PRIVATE_ADDRESSES": environment.get("WEBHOOK_ALLOW_PRIVATE_ADDRESSES", "true"),
        "NO_PROXY": ",".join(filter(None, [environment.get("NO_PROXY"), HOST, "localhost"])),
        "PYTHONUNBUFFERED": "1",
    }
    if settings.artifact_store_url:
        environment |= {name: value for name, value in os.environ.items() if _STORE_CREDENTIALS.match(name)}
    if service.database:
        environment["DATABASE_URL"] = database_url
    if service is LLM_WORKER:
        environment |= _model_environment(settings)
    if service is GATEWAY:
        environment |= _given(BOOTSTRAP_API_KEY=settings.bootstrap_api_key)
    return environment


def _model_environment(settings: StackSettings) -> dict[str, str]:
    if settings.local_model:
        return {
            "OPENAI_API_KEY": LOCAL_MODEL_KEY,
            "OPENAI_BASE_URL": f"http://{HOST}:{settings.ports.model}/v1",
            "LLM_MODEL": LOCAL_MODEL,
            "LLM_MAX_OUTPUT_TOKENS": str(settings.llm_max_output_tokens or LOCAL_MODEL_OUTPUT_TOKENS),
            "LLM_INPUT_PRICE_PER_MTOK": "0",
            "LLM_OUTPUT_PRICE_PER_MTOK": "0",
        }
    return _given(
        OPENAI_API_KEY=settings.openai_api_key,
        OPENAI_BASE_URL=settings.openai_base_url,
        LLM_MODEL=settings.llm_model,
        LLM_MAX_OUTPUT_TOKENS=settings.llm_max_output_tokens,
    )


def _given(**values: SecretStr | str | int | None) -> dict[str, str]:
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
        if value is not None
    }


def _without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if not _SECRET.search(name) and not _STORE_CREDENTIALS.match(name) and name not in _NOT_FOR_CHILDREN
    }
