"""Names by which a report, its requests and its events are known everywhere."""

from typing import Annotated

from pydantic import StringConstraints

DEFAULT_TENANT = "default"

# One NATS subject token and one Temporal id: no dots, spaces or wildcards.
RequestId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
TenantId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
WorkflowId = Annotated[str, StringConstraints(pattern=r"^report-[A-Za-z0-9_-]{1,64}$")]


def workflow_id_for(request_id: str) -> str:
    """Give the Temporal workflow id of a request: the same request is always the same workflow."""
    return f"report-{request_id}"


def request_id_of(workflow_id: str) -> str | None:
    """Give the request that a report's workflow began with; None for a workflow of another kind."""
    name, _, request_id = workflow_id.partition("-")
    return request_id if name == "report" else None
