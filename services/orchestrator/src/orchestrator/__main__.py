import asyncio
import sys

from orchestrator.app import serve_intake, serve_metadata, serve_workflows
from orchestrator.dead_letters import run_command
from orchestrator.setup import set_up
from orchestrator.versions import promote
from runtime import process
from runtime.telemetry import TelemetrySettings, configure_logging

if __name__ == "__main__":
    if sys.argv[1:2] == ["dlq"]:
        # What an operator reads is the answer, not how the connection is made.
        configure_logging(TelemetrySettings(log_level="error"), service="orchestrator", role="dlq")
        sys.exit(asyncio.run(run_command(sys.argv[2:])))
    process.main(
        "orchestrator",
        {
            "intake": serve_intake,
            "workflows": serve_workflows,
            "metadata": serve_metadata,
            "setup": set_up,
            "promote": promote,
        },
    )
