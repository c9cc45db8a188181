from orchestrator.app import serve_intake, serve_metadata, serve_workflows
from orchestrator.setup import set_up
from runtime import process

if __name__ == "__main__":
    process.main(
        "orchestrator",
        {
            "intake": serve_intake,
            "workflows": serve_workflows,
            "metadata": serve_metadata,
            "setup": set_up,
        },
    )
