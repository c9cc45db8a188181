"""Log lines are JSON objects for machines, text for people, and never show local variables."""

import asyncio
import json
import os
import sys

import pytest

PROGRAM = """
import logging, structlog
from runtime.telemetry import TelemetrySettings, configure_logging
configure_logging(TelemetrySettings(), service="gateway", role="gateway")
log = structlog.get_logger("somewhere")
structlog.contextvars.bind_contextvars(workflow_id="report-1")
log.info("report.seen", pages=3)
logging.getLogger("library").warning("it said %s", "so", extra={"temporal_activity": {"attempt": 2}})
log.debug("report.detail")
try:
    password = "a secret in a local variable"
    raise RuntimeError("no")
except RuntimeError:
    log.exception("report.broken")
"""


async def logged(log_format: str) -> str:
    environment = {"PATH": os.environ["PATH"], "LOG_FORMAT": log_format}
    if "PYTHONPATH" in os.environ:
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, stdout=asyncio.subprocess.PIPE, env=environment
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode()


async def test_machines_get_one_object_a_line() -> None:
    seen, library, broken = (json.loads(line) for line in (await logged("json")).splitlines())
    common = {"service": "gateway", "role": "gateway", "workflow_id": "report-1"}
    for line in (seen, library, broken):
        assert common.items() <= line.items()
        assert line["timestamp"]
    assert (seen["event"], seen["level"], seen["pages"]) == ("report.seen", "info", 3)
    assert (library["event"], library["logger"], library["level"]) == ("it said so", "library", "warning")
    assert library["attempt"] == 2
    assert "RuntimeError: no" in broken["exception"]


@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_a_traceback_shows_no_local_variables(log_format: str) -> None:
    output = await logged(log_format)
    assert "report.broken" in output
    assert "RuntimeError" in output
    assert "a secret in a local variable" not in output
