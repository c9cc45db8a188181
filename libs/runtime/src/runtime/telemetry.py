"""Structured logs: constant event names, JSON for machines, colours for a terminal."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog
from temporalio import activity, workflow

from runtime.settings import EnvironmentSettings


class TelemetrySettings(EnvironmentSettings):
    """`LOG_LEVEL` (a logging level's name), `LOG_FORMAT`, and `BUILD_REVISION`, which commit this is."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    build_revision: str = "unknown"


def configure_logging(settings: TelemetrySettings, *, service: str, role: str) -> None:
    """Send structlog's and the standard library's records to stdout in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _flattened,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(settings.log_format),
            ],
        )
    )
    # An event's name is to stay what it is; whose it is stands beside it.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    # Their info lines repeat every request; ours say what it meant.
    for chatty in ("httpx", "httpx2", "uvicorn.error", "uvicorn.access", "faststream.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service, role=role)


def _flattened(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the workflow, activity and attempt of Temporal's own lines as ours do."""
    for key in _TEMPORAL:
        details = event.pop(key, None) or {}
        for theirs, ours in _TEMPORAL_NAMES.items():
            if theirs in details:
                event.setdefault(ours, details[theirs])
    return event


_TEMPORAL = ("temporal_workflow", "temporal_activity")
_TEMPORAL_NAMES = {"workflow_id": "workflow_id", "activity_type": "activity", "attempt": "attempt"}


def _renderers(log_format: Literal["json", "console"]) -> list[structlog.typing.Processor]:
    if log_format == "console":
        # The renderer's own choice shows local variables, and with them passwords.
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
