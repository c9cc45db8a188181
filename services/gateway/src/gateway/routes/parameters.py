"""What handlers take from a request beyond its body."""

import re
from datetime import timedelta
from typing import Annotated, Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException, SerializationException
from litestar.handlers.base import BaseRouteHandler
from litestar.params import HeaderParameter
from litestar.serialization import decode_json
from pydantic import TypeAdapter, ValidationError

from contracts.identifiers import DEFAULT_TENANT, WorkflowId
from gateway.errors.invalid_input import BODY
from gateway.errors.problems import FieldError, Problem, invalid_input, not_found, wrong_part

IDEMPOTENCY_KEY_MAX_LENGTH = 255
MAX_WAIT_SECONDS = 60

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Repeating a request with the same key and body has the effect of sending it once.",
    ),
]
LastEventIdHeader = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID", description="The id of the last message received; the stream goes on."
    ),
]
Prefer = Annotated[
    str | None,
    HeaderParameter(name="Prefer", description="`wait=SECONDS`: how long to wait for the outcome."),
]
Traceparent = Annotated[str | None, HeaderParameter(name="traceparent", description="W3C trace context.")]

_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*(\d{1,9})(?:$|[,;\s])", re.IGNORECASE)
_WORKFLOW_ID: TypeAdapter[str] = TypeAdapter(WorkflowId)


async def tenant_id() -> str:
    """Give the tenant of the request."""
    return DEFAULT_TENANT


async def report_id(workflow_id: str) -> str:
    """Give the report that the path names; 404 when no report can have this id."""
    try:
        return _WORKFLOW_ID.validate_python(workflow_id)
    except ValidationError as error:
        raise not_found(workflow_id[:100]) from error


def checked_key(key: str | None) -> str | None:
    """Give the idempotency key; 400 when it is not 1 to 255 printable characters of ASCII."""
    if key is None or (_plain(key) and 0 < len(key.strip()) <= len(key) <= IDEMPOTENCY_KEY_MAX_LENGTH):
        return key
    remedy = f"Send 1 to {IDEMPOTENCY_KEY_MAX_LENGTH} printable ASCII characters, or leave the header out."
    raise bad_key(remedy)


def _plain(key: str) -> bool:
    # A header has bytes: beyond ASCII, what they stand for is anyone's guess.
    return key.isascii() and key.isprintable()


def bad_key(remedy: str) -> Problem:
    """Tell what an idempotency key must be (400)."""
    title = "The idempotency key is not usable"
    return wrong_part(400, "bad-idempotency-key", title, field="Idempotency-Key", remedy=remedy)


def patience(prefer: str | None) -> timedelta:
    """Give how long the client prefers to wait; nothing when it does not say, and a minute at most."""
    match = _WAIT.search(prefer or "")
    return timedelta(seconds=min(int(match[1]), MAX_WAIT_SECONDS)) if match else timedelta()


async def readable(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse an address with NUL in it, which no store can look for, and a key that is two."""
    if "\x00" in connection.url.path:
        raise NotFoundException
    for name, value in connection.query_params.multi_items():
        if "\x00" in name or "\x00" in value:
            field = name.replace("\x00", "")[:100]
            raise invalid_input([FieldError(field=field, detail="This must not contain NUL characters.")])
    if len(set(connection.headers.getall("Idempotency-Key", []))) > 1:
        raise bad_key("Send the header once: which of two keys counts cannot be told.")


async def json_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse a body that does not say that it is JSON (415) or is not a JSON object (400)."""
    media_type = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not re.fullmatch(r"application/([a-z0-9.-]+\+)?json", media_type):
        raise _not_json(media_type)
    not_encoded(connection)
    request = Request[Any, Any, Any](connection.scope, connection.receive)
    try:
        content = decode_json(await request.body())
    # Bytes that are not UTF-8, and brackets in brackets without end, are not reported as broken JSON.
    except (SerializationException, UnicodeDecodeError, RecursionError) as error:
        raise _broken_json() from error
    if not isinstance(content, dict):
        raise invalid_input([FieldError(field=BODY, detail="This must be a JSON object.")])


async def json_if_any(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse as `json_only` does, where a body may be left out."""
    if await Request[Any, Any, Any](connection.scope, connection.receive).body():
        await json_only(connection, handler)


def not_encoded(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Refuse a body that was compressed for the way (415)."""
    encoding = connection.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"", "identity"}:
        return
    remedy = "Send the body uncompressed, without this header."
    raise wrong_part(
        415,
        "encoded-body",
        "The body must not be compressed",
        field="Content-Encoding",
        remedy=remedy,
        headers={"Accept-Encoding": "identity"},
    )


def _not_json(media_type: str) -> Problem:
    sent = f"not {media_type[:100]}" if media_type else "and the request does not say so"
    return Problem(
        415,
        "not-json",
        "The body must be JSON",
        f"Content-Type must be application/json, {sent}.",
        errors=[FieldError(field="Content-Type", detail="Send the header Content-Type: application/json.")],
        headers={"Accept-Post": "application/json"},
    )


def _broken_json() -> Problem:
    remedy = "Send one JSON object, encoded in UTF-8."
    return Problem(
        400,
        "broken-json",
        "The body is not JSON",
        f"The body could not be read as JSON. {remedy}",
        errors=[FieldError(field=BODY, detail=remedy)],
    )


def required(value: str, field: str, remedy: str) -> str:
    """Give a text that must not be blank; 400 naming the field when it is."""
    if value.strip():
        return value
    raise invalid_input([FieldError(field=field, detail=remedy)])
