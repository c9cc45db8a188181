"""The bodies of requests and answers about schedules."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from contracts.commands import Prompt
from contracts.failures import Failure
from contracts.origin import RequestedBy
from contracts.reports import ReportMode, ReportStatus
from contracts.schedules import Calendar, CatchUpSeconds, Name, Overlap, ScheduleDefinition
from contracts.text import printable
from gateway.reading.schedule_runs import ScheduleRun
from gateway.scheduling.calendars import in_words
from gateway.scheduling.description import KnownSchedule
from gateway.views import address

PREVIEWED_RUNS = 5

NoteText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(printable)]


class ScheduleRequest(ScheduleDefinition):
    """A new schedule; `note` says why it begins paused."""

    model_config = ConfigDict(extra="forbid")

    paused: bool = False
    note: NoteText = ""


class ScheduleChange(BaseModel):
    """What is to change; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    prompt: Prompt | None = None
    mode: ReportMode | None = None
    requested_by: RequestedBy | None = None
    calendar: Calendar | None = None
    time_zone: str | None = None
    overlap: Overlap | None = None
    catch_up_seconds: CatchUpSeconds | None = None
    pause_on_failure: bool | None = None

    def applied_to(self, definition: ScheduleDefinition) -> ScheduleDefinition:
        """Give the definition with these changes; a `requested_by` of null takes the name away."""
        changes = {name: getattr(self, name) for name in self.model_fields_set}
        kept = {name: value for name, value in changes.items() if value is not None or name == "requested_by"}
        return definition.model_copy(update=kept)


class PreviewRequest(BaseModel):
    """A calendar to try."""

    model_config = ConfigDict(extra="forbid")

    calendar: Calendar
    time_zone: str = "UTC"


class Note(BaseModel):
    """Why a schedule is paused or resumed."""

    model_config = ConfigDict(extra="forbid")

    note: NoteText = ""


class NextRun(BaseModel):
    """When a run is due: in UTC, and as clocks and calendars in the schedule's zone show it."""

    utc: datetime
    local: datetime
    text: str

    @classmethod
    def at(cls, due: datetime, time_zone: str) -> Self:
        """Tell a time in both ways."""
        local = due.astimezone(ZoneInfo(time_zone))
        return cls(utc=due, local=local, text=f"{local:%a} {local.day} {local:%b %Y, %H:%M}")


class Preview(BaseModel):
    """When a schedule would run, and the same in words."""

    summary: str
    next_runs: list[NextRun]


class LastRun(BaseModel):
    """A run and its report."""

    workflow_id: str
    status: ReportStatus
    title: str | None
    failure: Failure | None
    accepted_at: datetime
    finished_at: datetime | None
    status_url: str


class ScheduleView(ScheduleDefinition):
    """A schedule, its next runs (none while it is paused) and its last ones, newest first.

    `skipped` counts runs left out because the one before was at work, `missed` those that could not be made
    up for in time.
    """

    schedule_id: str
    url: str
    summary: str
    paused: bool
    note: str
    running: int
    skipped: int
    missed: int
    next_runs: list[NextRun]
    last_runs: list[LastRun]
    last_run_failed: bool
    created_at: datetime

    @classmethod
    def of(cls, known: KnownSchedule, runs: Sequence[ScheduleRun]) -> Self:
        """Show what is known."""
        zone = known.definition.time_zone
        ended = [run.status for run in runs if run.status.is_terminal]
        return cls(
            **known.definition.model_dump(),
            **known.model_dump(exclude={"definition", "next_runs", "runs"}),
            url=f"/api/schedules/{quote(known.schedule_id)}",
            summary=in_words(known.definition.calendar, zone),
            next_runs=[NextRun.at(run, zone) for run in known.next_runs],
            last_runs=[
                LastRun(**run.model_dump(), status_url=address(run.workflow_id, "status")) for run in runs
            ],
            last_run_failed=ended[:1] == [ReportStatus.FAILED],
        )


class ScheduleList(BaseModel):
    """A tenant's schedules, newest first."""

    schedules: list[ScheduleView]


class StartedRun(BaseModel):
    """The report of a run that was asked for; null while the run waits for the one before it."""

    workflow_id: str | None
    status_url: str | None

    @classmethod
    def of(cls, workflow_id: str | None) -> Self:
        """Name where to follow the report."""
        return cls(workflow_id=workflow_id, status_url=workflow_id and address(workflow_id, "status"))
