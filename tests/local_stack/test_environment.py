"""A secret reaches the process that needs it and no other."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from local_stack.catalogue import GATEWAY, LLM_WORKER, SERVICES, Service
from local_stack.environment import server_environment, service_environment
from local_stack.settings import LOCAL_MODEL, StackSettings

KEY = "sk-do-not-spread"
DATABASE_URL = "postgresql://postgres:hidden@127.0.0.1:5432/reports"


def environment_of(service: Service, settings: StackSettings) -> dict[str, str]:
    return service_environment(
        service, http_port=9100, settings=settings, store=Path("/data/artifacts"), database_url=DATABASE_URL
    )


def test_the_model_key_goes_to_the_llm_worker_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
    monkeypatch.setenv("SOME_SERVICE_TOKEN", KEY)
    settings = StackSettings()
    holders = [service for service in SERVICES if KEY in environment_of(service, settings).values()]
    assert holders == [LLM_WORKER]
    assert environment_of(LLM_WORKER, settings)["OPENAI_API_KEY"] == KEY
    assert KEY not in server_environment().values()


def test_the_bootstrap_key_goes_to_the_gateway_only() -> None:
    settings = StackSettings(bootstrap_api_key=SecretStr(KEY))
    assert [service for service in SERVICES if KEY in environment_of(service, settings).values()] == [GATEWAY]


def test_only_processes_with_tables_get_the_database() -> None:
    settings = StackSettings()
    without = {
        service.name for service in SERVICES if "DATABASE_URL" not in environment_of(service, settings)
    }
    assert {"pdf_worker", "notifier-announcer"} <= without


def test_without_a_key_the_local_model_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "")
    environment = environment_of(LLM_WORKER, StackSettings(port_offset=100))
    assert environment["OPENAI_BASE_URL"] == "http://127.0.0.1:8911/v1"
    assert environment["LLM_MODEL"] == LOCAL_MODEL
