"""How the API describes itself."""

from importlib.metadata import version

from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin

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
NOT_FOUND = {404: _problem("There is no such thing.")}
CONFLICT = {409: _problem("The report is not in the state that this needs; `detail` says in which it is.")}
KEY_REUSED = {422: _problem("The Idempotency-Key belongs to another request.")}

DESCRIPTION = """A question becomes a research report, written by a language model and set as a PDF.

Every error is an `application/problem+json` document (RFC 9457)."""


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
