"""The pages about schedules and batches, filled with what there is when they are asked for."""

from datetime import timedelta
from typing import Any, Final

from litestar import Response, get

from contracts.reports import ReportMode
from contracts.schedules import DEFAULT_CATCH_UP_SECONDS, Overlap, ScheduleDefinition, Weekday
from gateway.batch_views import BatchDetails, BatchSummary
from gateway.reading.batches import Batches, BatchNotFoundError
from gateway.reading.database import RecordsUnavailableError
from gateway.reading.documents import DocumentDamagedError, DocumentUnavailableError
from gateway.reading.executions import TemporalUnavailableError
from gateway.reading.schedule_runs import ScheduleRuns
from gateway.routes.filling import filled
from gateway.routes.history import PageNumber
from gateway.routes.schedules import all_schedules
from gateway.scheduling.schedules import ScheduleNotFoundError, Schedules
from gateway.wording import took
from runtime.bus import BusUnavailableError

BATCHES_ON_A_PAGE = 20
ROWS_ON_A_PAGE = 100
UNREADABLE = (
    RecordsUnavailableError,
    DocumentUnavailableError,
    DocumentDamagedError,
    BusUnavailableError,
    TemporalUnavailableError,
)

OVERLAPS = {
    Overlap.SKIP: "Leave it out",
    Overlap.BUFFER_ONE: "Let one wait for its turn",
    Overlap.BUFFER_ALL: "Let all wait for their turn",
    Overlap.CANCEL_OTHER: "Cancel the one at work",
    Overlap.ALLOW_ALL: "Write both at once",
}
CATCH_UP = {600: "10 minutes", DEFAULT_CATCH_UP_SECONDS: "an hour", 6 * 3_600: "6 hours", 86_400: "a day"}
NEW_SCHEDULE: Final[dict[str, Any]] = {
    "name": "",
    "prompt": "",
    "mode": ReportMode.AUTO,
    "requested_by": None,
    "calendar": {"kind": "daily"},
    "time_zone": "",
    "overlap": Overlap.SKIP,
    "catch_up_seconds": DEFAULT_CATCH_UP_SECONDS,
    "pause_on_failure": False,
}
# What the fields of the kinds that are not chosen begin with.
CALENDAR: Final[dict[str, Any]] = {
    "days": [Weekday.MONDAY],
    "day": 1,
    "at": "09:00",
    "hours": 6,
    "expression": "0 9 * * mon-fri",
}
WEEKDAYS = {
    Weekday.MONDAY: "Mon",
    Weekday.TUESDAY: "Tue",
    Weekday.WEDNESDAY: "Wed",
    Weekday.THURSDAY: "Thu",
    Weekday.FRIDAY: "Fri",
    Weekday.SATURDAY: "Sat",
    Weekday.SUNDAY: "Sun",
}


@get("/schedules", include_in_schema=False)
async def schedules_page(
    tenant_id: str, schedules: Schedules, schedule_runs: ScheduleRuns, edit: str | None = None
) -> Response[bytes]:
    """Serve the page about schedules; its form makes a new one, or changes the one that `edit` names."""
    found, edited = None, None
    try:
        edited = await _definition(tenant_id, schedules, edit) if edit else None
        found = await all_schedules(tenant_id, schedules, schedule_runs)
    except UNREADABLE:
        pass
    form = edited.model_dump() if edited else NEW_SCHEDULE
    return filled(
        "schedules",
        "/schedules",
        schedules=found,
        edit=edit,
        edited=edited,
        form=form,
        calendar=CALENDAR | form["calendar"],
        overlaps=OVERLAPS,
        catch_up=_catch_up_choices(form["catch_up_seconds"]),
        weekdays=WEEKDAYS,
    )


async def _definition(tenant_id: str, schedules: Schedules, schedule_id: str) -> ScheduleDefinition | None:
    try:
        return (await schedules.find(tenant_id, schedule_id)).definition
    except ScheduleNotFoundError:
        return None


def _catch_up_choices(kept: int) -> list[tuple[int, str]]:
    """Give the choices, and what the API was given where that is none of them."""
    return sorted(({kept: took(timedelta(seconds=kept))} | CATCH_UP).items())


@get("/batches", include_in_schema=False)
async def batches_page(tenant_id: str, batches: Batches, page: PageNumber = 1) -> Response[bytes]:
    """Serve the page about batches."""
    try:
        found = await batches.page(tenant_id, page=page, size=BATCHES_ON_A_PAGE)
    except UNREADABLE:
        return filled("batches", "/batches", batches=None, number=page, pages=0)
    shown = [BatchSummary.of(batch) for batch in found.batches]
    return filled(
        "batches", "/batches", batches=shown, number=page, pages=-(-found.total // BATCHES_ON_A_PAGE)
    )


@get("/batches/{batch_id:str}", include_in_schema=False)
async def batch_page(
    batch_id: str, tenant_id: str, batches: Batches, page: PageNumber = 1
) -> Response[bytes]:
    """Serve the page about one batch."""
    known = {"batch": None, "is_read": True, "number": page, "pages": 0}
    try:
        batch = await batches.find(tenant_id, batch_id)
        rows = await batches.rows(batch)
    except BatchNotFoundError:
        return filled("batch", "", **known)
    except UNREADABLE:
        return filled("batch", "", **known | {"is_read": False})
    details = BatchDetails.with_rows(batch, rows, page=page, page_size=ROWS_ON_A_PAGE)
    return filled("batch", "", **known | {"batch": details, "pages": -(-batch.total // ROWS_ON_A_PAGE)})
