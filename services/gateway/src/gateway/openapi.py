"""How the API describes itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import ClassVar

from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIType

from gateway.errors.problems import PROBLEM_MEDIA_TYPE, ProblemDetails


def _problem(description: str) -> ResponseSpec:
    return ResponseSpec(
        ProblemDetails, generate_examples=False, description=description, media_type=PROBLEM_MEDIA_TYPE
    )


INVALID = {400: _problem("The input is not valid; `errors` names each field and its remedy.")}
BODY_REFUSED = INVALID | {
    413: _problem("The body is too large."),
    415: _problem("The body is not JSON."),
}
UNAVAILABLE = {503: _problem("Something behind the gateway does not answer; see Retry-After.")}
# An address with an id has nothing else that could be wrong; the framework's own word of 400 is no problem.
NOT_FOUND = INVALID | {404: _problem("There is no such thing.")}
CONFLICT = {409: _problem("The report is not in the state that this needs; `detail` says in which it is.")}
KEY_REUSED = {422: _problem("The Idempotency-Key belongs to another request.")}
ALL_TOLD = {204: ResponseSpec(None, description="The last message was received; there is nothing more.")}
UNCHANGED = {304: ResponseSpec(None, description="The client has it already.")}

DESCRIPTION = """A question becomes a research report, written by a language model and set as a PDF.

Every error is an `application/problem+json` document (RFC 9457)."""


@dataclass
class Forms(Operation):
    """An operation that answers in the media types named in `forms`."""

    forms: ClassVar[Sequence[str]] = ()

    def __post_init__(self) -> None:
        """Describe each form as text or bytes, besides those that are described already."""
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse):
            text = OpenAPIMediaType(Schema(type=OpenAPIType.STRING))
            answer.content = {**(answer.content or {}), **dict.fromkeys(self.forms, text)}


def openapi_config() -> OpenAPIConfig:
    """Serve the description as JSON, without a page: the usual ones load scripts from elsewhere."""
    return OpenAPIConfig(
        title="Durable Reports",
        version=version("gateway"),
        description=DESCRIPTION,
        path="/api/openapi.json",
        render_plugins=[JsonRenderPlugin(path="/")],
        use_handler_docstrings=True,
    )
