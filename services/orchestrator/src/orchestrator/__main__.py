import asyncio
import sys

from orchestrator.app import serve_intake, serve_metadata, serve_workflows
from orchestrator.dead_letters import run_command
from orchestrator.setup import set_up
from orchestrator.versions import promote
from runtime import process

if __name__ == "__main__":
    if sys.argv[1:2] == ["dlq"]:
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
