"""Where a request for a report comes from, besides the producer that sent it."""

from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

from contracts.identifiers import WorkflowId
from contracts.model import WireModel
from contracts.text import printable

REQUESTED_BY_MAX_CHARACTERS = 100

RequestedBy = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REQUESTED_BY_MAX_CHARACTERS),
    AfterValidator(printable),
]
# A part of request ids, which have at most 64 characters.
BatchId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,48}$")]
ScheduleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]


class RequestOrigin(WireModel):
    """Who or what asked: all of it is optional, and none of it changes what the report says.

    `requested_by` is a person or a team as they call themselves: reports of many are worked on in turns, and
    costs are told for each. `repeats` is an earlier report of which this one is another run.
    """

    requested_by: RequestedBy | None = None
    batch_id: BatchId | None = None
    schedule_id: ScheduleId | None = None
    repeats: WorkflowId | None = None

    def origin(self) -> dict[str, Any]:
        """Give these fields alone, by name."""
        return self.model_dump(include=set(RequestOrigin.model_fields))
