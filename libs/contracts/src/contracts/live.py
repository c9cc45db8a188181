"""The text of a report while it is being written."""

from contracts.identifiers import DEFAULT_TENANT, TenantId
from contracts.model import WireModel


class LiveText(WireModel):
    """A piece of text at `offset` characters into the draft of `revision`.

    A new attempt begins again at a smaller offset: a reader cuts what it holds at `offset`, then appends.
    """

    workflow_id: str
    tenant_id: TenantId = DEFAULT_TENANT
    revision: int
    attempt: int
    offset: int
    text: str
