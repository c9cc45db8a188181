"""Which environment variables each role of each service reads, from its settings classes."""

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic_settings import BaseSettings

import gateway.settings
import llm_worker.settings
import notifier.settings
import orchestrator.settings
import pdf_worker.settings
from runtime.telemetry import TelemetrySettings

ROLES: dict[tuple[str, str], type[BaseModel]] = {
    ("gateway", "gateway"): gateway.settings.GatewaySettings,
    ("orchestrator", "intake"): orchestrator.settings.IntakeSettings,
    ("orchestrator", "workflows"): orchestrator.settings.WorkflowsSettings,
    ("orchestrator", "metadata"): orchestrator.settings.MetadataSettings,
    ("orchestrator", "setup"): orchestrator.settings.SetupSettings,
    ("llm_worker", "worker"): llm_worker.settings.WorkerSettings,
    ("llm_worker", "setup"): llm_worker.settings.SetupSettings,
    ("pdf_worker", "worker"): pdf_worker.settings.Settings,
    ("notifier", "announcer"): notifier.settings.AnnouncerSettings,
    ("notifier", "dispatcher"): notifier.settings.DispatcherSettings,
    ("notifier", "setup"): notifier.settings.SetupSettings,
}
# Read by a library, not by a settings class: the object store's credentials, OpenTelemetry's exporters.
LIBRARIES = ("AWS_", "AZURE_", "OTEL_")


def known_variables(role: tuple[str, str]) -> set[str]:
    """Name every variable that a role reads."""
    return set(_variables(ROLES[role])) | set(_variables(TelemetrySettings))


def unknown_variables(role: tuple[str, str], environment: set[str]) -> set[str]:
    """Name the variables that nobody in the role's process reads."""
    return {name for name in environment - known_variables(role) if not name.startswith(LIBRARIES)}


def required_variables(role: tuple[str, str]) -> set[str]:
    """Name the variables without which a role does not start."""
    return set(_variables(ROLES[role], required=True))


def _variables(settings: type[BaseModel], *, required: bool = False) -> Iterator[str]:
    for name, field in settings.model_fields.items():
        nested = field.annotation
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            yield from _variables(nested, required=required)
        elif issubclass(settings, BaseSettings) and (field.is_required() or not required):
            yield name.upper()
