"""Recurring reports: when they are due, and what each run of a schedule is started with.

Everything of a schedule is kept by Temporal: its definition is the argument of the workflow that each run
starts.
"""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from contracts.artifacts import ArtifactRef
from contracts.commands import Prompt
from contracts.identifiers import DEFAULT_TENANT, TenantId, workflow_id_for
from contracts.model import WireModel
from contracts.origin import RequestedBy, ScheduleId
from contracts.reports import ReportMode
from contracts.text import printable

SCHEDULED_REPORT_WORKFLOW = "ScheduledReportWorkflow"
SCHEDULE_PRODUCER = "schedule"

NAME_MAX_CHARACTERS = 100
DEFAULT_CATCH_UP_SECONDS = 3_600

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX_CHARACTERS),
    AfterValidator(printable),
]
CatchUpSeconds = Annotated[int, Field(ge=60, le=30 * 86_400)]


def _time_of_day(text: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise ValueError("must be a time of day such as 09:00")
    return text


TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]


class Weekday(StrEnum):
    """Days of the week, Monday first."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


class EveryHours(WireModel):
    """Every so many hours, counted in UTC: 6 is 0:00, 6:00, 12:00 and 18:00."""

    kind: Literal["hours"] = "hours"
    hours: int = Field(ge=1, le=168)


class Daily(WireModel):
    """Every day at a time."""

    kind: Literal["daily"] = "daily"
    at: TimeOfDay


class Weekly(WireModel):
    """On some days of every week at a time."""

    kind: Literal["weekly"] = "weekly"
    days: list[Weekday] = Field(min_length=1, max_length=7)
    at: TimeOfDay


class Monthly(WireModel):
    """On a day of every month that has it, at a time."""

    kind: Literal["monthly"] = "monthly"
    day: int = Field(ge=1, le=31)
    at: TimeOfDay


class Cron(WireModel):
    """Whenever the five fields match: minute, hour, day of the month, month, day of the week."""

    kind: Literal["cron"] = "cron"
    expression: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


Calendar = Annotated[EveryHours | Daily | Weekly | Monthly | Cron, Field(discriminator="kind")]


class Overlap(StrEnum):
    """What becomes of a run that is due while the one before it is still at work."""

    SKIP = "skip"
    BUFFER_ONE = "buffer_one"
    BUFFER_ALL = "buffer_all"
    CANCEL_OTHER = "cancel_other"
    ALLOW_ALL = "allow_all"


class ScheduleDefinition(WireModel):
    """What to write, when, and how runs stand to each other.

    `time_zone` is an IANA name. A run that could not start when it was due is made up for within
    `catch_up_seconds`, and left out after that.
    """

    name: Name
    prompt: Prompt
    mode: ReportMode = ReportMode.AUTO
    requested_by: RequestedBy | None = None
    calendar: Calendar
    time_zone: str = "UTC"
    overlap: Overlap = Overlap.SKIP
    catch_up_seconds: CatchUpSeconds = DEFAULT_CATCH_UP_SECONDS
    pause_on_failure: bool = False


class ScheduledReport(WireModel):
    """The input of one run's workflow; the same for all runs of a schedule."""

    schedule_id: ScheduleId
    tenant_id: TenantId = DEFAULT_TENANT
    definition: ScheduleDefinition


class DueReport(WireModel):
    """One run of a schedule: the report that was due at `due_at`, and when its turn came."""

    scheduled: ScheduledReport
    due_at: datetime
    accepted_at: datetime

    @property
    def request_id(self) -> str:
        """The request of this run: the same on every attempt to start it."""
        return f"{self.scheduled.schedule_id}-{self.due_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    @property
    def workflow_id(self) -> str:
        """The report of this run."""
        return workflow_id_for(self.request_id)


class ScheduledRun(WireModel):
    """What a run's workflow returns; `pdf` is None when another run had started the same report already."""

    workflow_id: str
    pdf: ArtifactRef | None = None


def schedules_prefix(tenant_id: str) -> str:
    """Give what the Temporal ids of all schedules of a tenant begin with, and of no other's."""
    return f"schedule:{tenant_id}:"


def temporal_schedule_id(tenant_id: str, schedule_id: str) -> str:
    """Give the id under which Temporal keeps a schedule; also what its runs' workflow ids begin with."""
    return f"{schedules_prefix(tenant_id)}{schedule_id}"
