"""References to what lives in the artifact store, and the keys under which it lives there."""

from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.model import WireModel


class ArtifactRef(WireModel):
    """A write-once object: `sha256` is lower-case hex of its bytes, `size` is in bytes."""

    key: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size: int = Field(ge=0)
    content_type: str


def _key(tenant_id: str, workflow_id: str, revision: int, name: str) -> str:
    return f"{tenant_id}/{workflow_id}/r{revision}/{name}"


def answer_key(tenant_id: str, workflow_id: str, revision: int) -> str:
    """Key of the model's answer (a `contracts.activities.llm.StoredAnswer` as JSON)."""
    return _key(tenant_id, workflow_id, revision, "llm_call.json")


def draft_key(tenant_id: str, workflow_id: str, revision: int) -> str:
    """Key of the draft's Markdown text."""
    return _key(tenant_id, workflow_id, revision, "draft.md")


def figure_key(tenant_id: str, workflow_id: str, revision: int, name: str) -> str:
    """Key of a picture that a draft shows as `artifact:NAME`; `name` is a bare file name."""
    return _key(tenant_id, workflow_id, revision, f"figures/{name}")


def pdf_key(tenant_id: str, workflow_id: str, revision: int, rendering: str | None = None) -> str:
    """Key of the rendered PDF; a later `rendering` of the same text has a name of its own."""
    name = "report.pdf" if rendering is None else f"report-{rendering}.pdf"
    return _key(tenant_id, workflow_id, revision, name)
