"""Errors as RFC 9457 problems: what went wrong, with which field, and what to do about it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

PROBLEM_MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:durable-reports:problem:"


class FieldError(BaseModel):
    """One thing wrong with the input: the field's name and the remedy."""

    field: str
    detail: str


class ProblemDetails(BaseModel):
    """The body of every error answer; `errors` is there when the input is invalid."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | None = None


class Problem(Exception):  # noqa: N818 - RFC 9457's own word
    """An answer other than the one asked for; `kind` is the stable last part of its type."""

    def __init__(  # noqa: PLR0913 - the members of RFC 9457, by name
        self,
        status: int,
        kind: str,
        title: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.title = title
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)
        self.members = dict(members or {})

    def body(self, instance: str) -> dict[str, Any]:
        """Give the JSON body; `instance` is the path of the request."""
        details = ProblemDetails(
            type=TYPE_PREFIX + self.kind,
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=instance,
            errors=self.errors or None,
        )
        return {**details.model_dump(exclude_none=True), **self.members}


def invalid_input(errors: Sequence[FieldError]) -> Problem:
    """Tell which fields are wrong and how to mend them (400)."""
    detail = "; ".join(f"{error.field}: {error.detail}" for error in errors)
    return Problem(400, "invalid-input", "The input is not valid", detail, errors=errors)


def wrong_part(  # noqa: PLR0913 - the parts of a problem, by name
    status: int, kind: str, title: str, *, field: str, remedy: str, headers: Mapping[str, str] | None = None
) -> Problem:
    """Tell of one header, or of the body as a whole, how to mend it."""
    errors = [FieldError(field=field, detail=remedy)]
    return Problem(status, kind, title, f"{field}: {remedy}", errors=errors, headers=headers)


def not_found(workflow_id: str) -> Problem:
    """Tell that no report has this id (404)."""
    return Problem(
        404,
        "report-not-found",
        "There is no such report",
        f"No report has the id {workflow_id!r}. Check the id; GET /api/reports lists the reports.",
    )


def unavailable(what: str, detail: str) -> Problem:
    """Tell that something behind the gateway does not answer now (503)."""
    return Problem(503, f"{what}-unavailable", "Not available at the moment", detail, retry_after=2)
