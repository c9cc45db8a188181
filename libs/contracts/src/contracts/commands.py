"""What producers ask of the system."""

from datetime import datetime
from typing import Annotated
from uuid import uuid4

from pydantic import AfterValidator, Field, StringConstraints

from contracts.identifiers import DEFAULT_TENANT, RequestId, TenantId, workflow_id_for
from contracts.origin import RequestOrigin
from contracts.reports import PROMPT_MAX_CHARACTERS, ReportMode
from contracts.text import printable

Prompt = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=PROMPT_MAX_CHARACTERS),
    AfterValidator(printable),
]


def _new_request_id() -> str:
    return str(uuid4())


class GenerateReport(RequestOrigin):
    """A request on `reports.v1.request.<producer>`; only `prompt` is required.

    A producer that may send a request twice gives it a `request_id`: the same id is the same report.
    """

    prompt: Prompt
    request_id: RequestId = Field(default_factory=_new_request_id)
    tenant_id: TenantId = DEFAULT_TENANT
    mode: ReportMode = ReportMode.AUTO
    requested_at: datetime | None = None
    traceparent: str | None = None

    @property
    def workflow_id(self) -> str:
        """The workflow that this request becomes."""
        return workflow_id_for(self.request_id)
