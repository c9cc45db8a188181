"""Recurring reports; Temporal keeps the schedules."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice

from litestar import Response, delete, get, patch, post
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from contracts.schedules import ScheduleDefinition, ScheduledReport
from gateway.errors.problems import FieldError, Problem, invalid_input, unavailable
from gateway.errors.refusals import answering, key_reused
from gateway.openapi import BODY_REFUSED, CONFLICT, KEY_REUSED, NOT_FOUND, UNAVAILABLE
from gateway.publisher import request_id_for
from gateway.reading.executions import TemporalUnavailableError
from gateway.reading.schedule_runs import ScheduleRuns
from gateway.routes.parameters import IdempotencyKey, checked_key, json_if_any, json_only
from gateway.schedule_views import (
    PREVIEWED_RUNS,
    NextRun,
    Note,
    Preview,
    PreviewRequest,
    ScheduleChange,
    ScheduleList,
    ScheduleRequest,
    ScheduleView,
    StartedRun,
)
from gateway.scheduling.calendars import InvalidCalendarError, check, in_words, next_runs
from gateway.scheduling.description import KnownSchedule
from gateway.scheduling.schedules import ScheduleExistsError, ScheduleNotFoundError, Schedules
from gateway.settings import ScheduleSettings

STEERED = NOT_FOUND | UNAVAILABLE


@post(
    "/api/schedules",
    status_code=HTTP_201_CREATED,
    guards=[json_only],
    responses=BODY_REFUSED | KEY_REUSED | UNAVAILABLE,
    tags=["schedules"],
)
async def create_schedule(
    data: ScheduleRequest,
    tenant_id: str,
    schedules: Schedules,
    schedule_settings: ScheduleSettings,
    idempotency_key: IdempotencyKey = None,
) -> Response[ScheduleView]:
    """Have a report written again and again."""
    definition = ScheduleDefinition(**data.model_dump(exclude={"paused", "note"}))
    schedule_id = request_id_for(tenant_id, checked_key(idempotency_key))
    with _answering(schedule_id):
        check(definition.calendar, definition.time_zone, schedule_settings.minimum_interval)
        scheduled = ScheduledReport(schedule_id=schedule_id, tenant_id=tenant_id, definition=definition)
        try:
            known = await schedules.create(scheduled, paused=data.paused, note=data.note)
        except ScheduleExistsError as error:
            known = await schedules.find(tenant_id, schedule_id)
            if known.definition != definition:
                raise key_reused() from error
    view = ScheduleView.of(known, [])
    return Response(view, headers={"Location": view.url})


@get("/api/schedules", responses=UNAVAILABLE, tags=["schedules"])
async def list_schedules(tenant_id: str, schedules: Schedules, schedule_runs: ScheduleRuns) -> ScheduleList:
    """List the schedules, newest first, each with its next and its last runs."""
    with _answering():
        return ScheduleList(schedules=await all_schedules(tenant_id, schedules, schedule_runs))


async def all_schedules(
    tenant_id: str, schedules: Schedules, schedule_runs: ScheduleRuns
) -> list[ScheduleView]:
    """Read the schedules of a tenant; raises what its sources raise."""
    known = await schedules.all(tenant_id)
    runs = await schedule_runs.last(tenant_id, [schedule.schedule_id for schedule in known])
    return [ScheduleView.of(schedule, runs.get(schedule.schedule_id, [])) for schedule in known]


@get("/api/schedules/{schedule_id:str}", responses=STEERED, tags=["schedules"])
async def get_schedule(
    schedule_id: str, tenant_id: str, schedules: Schedules, schedule_runs: ScheduleRuns
) -> ScheduleView:
    """Show one schedule."""
    with _answering(schedule_id):
        return await _view(await schedules.find(tenant_id, schedule_id), tenant_id, schedule_runs)


@patch(
    "/api/schedules/{schedule_id:str}",
    guards=[json_only],
    responses=BODY_REFUSED | STEERED,
    tags=["schedules"],
)
async def change_schedule(  # noqa: PLR0913 - dependencies, by name
    *,
    schedule_id: str,
    data: ScheduleChange,
    tenant_id: str,
    schedules: Schedules,
    schedule_runs: ScheduleRuns,
    schedule_settings: ScheduleSettings,
) -> ScheduleView:
    """Change what the body names; runs under way are not touched."""
    with _answering(schedule_id):
        known = await schedules.find(tenant_id, schedule_id)
        definition = data.applied_to(known.definition)
        check(definition.calendar, definition.time_zone, schedule_settings.minimum_interval)
        changed = await schedules.change(tenant_id, schedule_id, definition)
        return await _view(changed, tenant_id, schedule_runs)


@delete(
    "/api/schedules/{schedule_id:str}",
    status_code=HTTP_204_NO_CONTENT,
    responses=STEERED,
    tags=["schedules"],
)
async def delete_schedule(schedule_id: str, tenant_id: str, schedules: Schedules) -> None:
    """Forget a schedule; a report that it has started goes on."""
    with _answering(schedule_id):
        await schedules.delete(tenant_id, schedule_id)


@post(
    "/api/schedules/{schedule_id:str}/pause",
    status_code=HTTP_200_OK,
    guards=[json_if_any],
    responses=BODY_REFUSED | STEERED,
    tags=["schedules"],
)
async def pause_schedule(
    schedule_id: str,
    tenant_id: str,
    schedules: Schedules,
    schedule_runs: ScheduleRuns,
    data: Note | None = None,
) -> ScheduleView:
    """Start no runs until the schedule is resumed; a run under way goes on."""
    with _answering(schedule_id):
        paused = await schedules.pause(tenant_id, schedule_id, data.note if data else "")
        return await _view(paused, tenant_id, schedule_runs)


@post(
    "/api/schedules/{schedule_id:str}/resume",
    status_code=HTTP_200_OK,
    guards=[json_if_any],
    responses=BODY_REFUSED | STEERED,
    tags=["schedules"],
)
async def resume_schedule(
    schedule_id: str,
    tenant_id: str,
    schedules: Schedules,
    schedule_runs: ScheduleRuns,
    data: Note | None = None,
) -> ScheduleView:
    """Start runs when they are due again."""
    with _answering(schedule_id):
        resumed = await schedules.resume(tenant_id, schedule_id, data.note if data else "")
        return await _view(resumed, tenant_id, schedule_runs)


@post(
    "/api/schedules/{schedule_id:str}/run",
    status_code=HTTP_202_ACCEPTED,
    responses=STEERED | CONFLICT,
    tags=["schedules"],
)
async def run_schedule(schedule_id: str, tenant_id: str, schedules: Schedules) -> StartedRun:
    """Start a run now, paused or not; its report is named unless it waits for the run before it.

    409 when a run is under way and the schedule leaves out runs that overlap.
    """
    with _answering(schedule_id):
        run = await schedules.run_now(tenant_id, schedule_id)
    if run.skipped:
        raise Problem(
            409,
            "schedule-is-running",
            "A run is under way",
            "The run before is still at work, and this schedule leaves out runs that overlap. "
            "Wait for its end, or change the schedule's overlap.",
        )
    return StartedRun.of(run.workflow_id)


@post(
    "/api/schedules/preview",
    status_code=HTTP_200_OK,
    guards=[json_only],
    responses=BODY_REFUSED,
    tags=["schedules"],
)
async def preview_schedule(data: PreviewRequest, schedule_settings: ScheduleSettings) -> Preview:
    """Tell when a schedule would run next, without keeping it."""
    with _answering():
        check(data.calendar, data.time_zone, schedule_settings.minimum_interval)
    runs = islice(next_runs(data.calendar, data.time_zone, datetime.now(UTC)), PREVIEWED_RUNS)
    return Preview(
        summary=in_words(data.calendar, data.time_zone),
        next_runs=[NextRun.at(run, data.time_zone) for run in runs],
    )


async def _view(known: KnownSchedule, tenant_id: str, schedule_runs: ScheduleRuns) -> ScheduleView:
    runs = await schedule_runs.last(tenant_id, [known.schedule_id])
    return ScheduleView.of(known, runs.get(known.schedule_id, []))


@contextmanager
def _answering(schedule_id: str = "") -> Iterator[None]:
    with answering():
        try:
            yield
        except InvalidCalendarError as error:
            raise invalid_input([FieldError(field=error.field, detail=error.remedy)]) from error
        except ScheduleNotFoundError as error:
            raise Problem(
                404,
                "schedule-not-found",
                "There is no such schedule",
                f"No schedule has the id {schedule_id[:100]!r}. GET /api/schedules lists the schedules.",
            ) from error
        except TemporalUnavailableError as error:
            raise unavailable(
                "schedules",
                "Temporal does not answer; it may or may not have done what was asked. "
                "Look at the schedule before you repeat it.",
            ) from error
