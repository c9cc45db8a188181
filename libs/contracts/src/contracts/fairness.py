"""Whose turn it is: task queues give every requester the same share, however much one of them asks for."""

import hashlib

from temporalio.common import Priority

# Temporal's limit.
KEY_MAX_BYTES = 64


def fair_share(tenant_id: str, requested_by: str | None) -> Priority:
    """Give the priority of a report's workflow; its activities and child workflows inherit it."""
    return Priority(fairness_key=fairness_key(tenant_id, requested_by))


def fairness_key(tenant_id: str, requested_by: str | None) -> str:
    """Name one requester of one tenant; requests without a name share the tenant's own."""
    name = f"{tenant_id}/{requested_by or ''}"
    if len(name.encode()) <= KEY_MAX_BYTES:
        return name
    return hashlib.sha256(name.encode()).hexdigest()
