"""How every exception becomes a problem, Litestar's own included."""

from typing import Any

import structlog
from litestar import MediaType, Request, Response
from litestar.datastructures import State
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.types import ExceptionHandlersMap
from pydantic import ValidationError as PydanticValidationError

from gateway.errors.invalid_input import BODY, field_errors
from gateway.errors.problems import (
    PROBLEM_MEDIA_TYPE,
    FieldError,
    Problem,
    invalid_input,
    unavailable,
    wrong_part,
)
from gateway.templates import page_html
from runtime.bus import BusUnavailableError

log = structlog.get_logger(__name__)

AnyRequest = Request[None, None, State]


def _answer(request: AnyRequest, problem: Problem) -> Response[Any]:
    if _is_for_a_person(request):
        page = page_html("problem", "", problem=problem)
        return Response(page, status_code=problem.status, media_type=MediaType.HTML, headers=problem.headers)
    return Response(
        problem.body(request.url.path),
        status_code=problem.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers=problem.headers,
    )


def _is_for_a_person(request: AnyRequest) -> bool:
    is_page = not request.url.path.startswith(("/api/", "/static/", "/health", "/metrics"))
    return is_page and "text/html" in request.headers.get("accept", "")


def _on_problem(request: AnyRequest, problem: Problem) -> Response[Any]:
    return _answer(request, problem)


def _on_bus_unavailable(request: AnyRequest, error: BusUnavailableError) -> Response[Any]:
    log.warning("request.bus_unavailable", path=request.url.path, error=str(error))
    return _answer(request, unavailable("bus", "The message bus does not answer. Try again shortly."))


def _on_validation(request: AnyRequest, error: ValidationException) -> Response[Any]:
    cause = error.__cause__.__cause__ if error.__cause__ else None
    if isinstance(cause, PydanticValidationError):
        return _answer(request, invalid_input(field_errors(cause.errors())))
    findings = error.extra if isinstance(error.extra, list) else []
    errors = [FieldError(field=_plain_name(finding), detail=f"{finding['message']}.") for finding in findings]
    return _answer(request, invalid_input(errors or [FieldError(field=BODY, detail=error.detail)]))


def _plain_name(finding: dict[str, str]) -> str:
    key = finding.get("key", BODY)
    return BODY if key == "data" else key


def _on_not_found(request: AnyRequest, _: NotFoundException) -> Response[Any]:
    return _answer(
        request,
        Problem(
            404,
            "not-found",
            "There is nothing here",
            f"Nothing is served at {request.url.path}. The API is described at /api/openapi.json.",
        ),
    )


def _on_wrong_method(request: AnyRequest, error: MethodNotAllowedException) -> Response[Any]:
    allowed = (error.headers or {}).get("allow", "")
    return _answer(
        request,
        Problem(
            405,
            "method-not-allowed",
            "This method is not served here",
            f"{request.method} is not served at {request.url.path}; use {allowed or 'another method'}.",
            headers={"Allow": allowed} if allowed else {},
        ),
    )


def _on_http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    if isinstance(error, RequestEntityTooLarge):
        return _answer(request, _too_large(request))
    if error.status_code >= 500:
        return _on_unhandled(request, error)
    problem = Problem(error.status_code, "bad-request", "The request was refused", error.detail)
    return _answer(request, problem)


def _too_large(request: AnyRequest) -> Problem:
    limit = (request.route_handler.resolve_request_max_body_size() or 0) // 1024
    remedy = f"Send {limit:,} KiB at most."
    return wrong_part(413, "body-too-large", "The body is too large", field=BODY, remedy=remedy)


def _on_unhandled(request: AnyRequest, error: Exception) -> Response[Any]:
    log.error("request.failed", method=request.method, path=request.url.path, exc_info=error)
    detail = "Something went wrong on our side. It has been logged; try again later."
    return _answer(request, Problem(500, "internal-error", "Something went wrong", detail))


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    Problem: _on_problem,
    BusUnavailableError: _on_bus_unavailable,
    ValidationException: _on_validation,
    NotFoundException: _on_not_found,
    MethodNotAllowedException: _on_wrong_method,
    HTTPException: _on_http_error,
    Exception: _on_unhandled,
}
