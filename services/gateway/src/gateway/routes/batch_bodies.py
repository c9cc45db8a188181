"""The forms in which a batch can be sent, and how the API describes them."""

from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict, State, UploadFile
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from gateway.batching.parsing import BatchRequest, InvalidBatchError, from_csv, from_json, from_lines
from gateway.errors.batch_refusals import wrong_media_type
from gateway.errors.invalid_input import BODY
from gateway.errors.problems import FieldError
from gateway.routes.parameters import not_encoded

JSON, CSV, FORM = "application/json", "text/csv", "multipart/form-data"
FIELDS = ("name", "requested_by", "mode")

_TEXT = Schema(type=OpenAPIType.STRING)
_ROW = Schema(
    one_of=[
        _TEXT,
        Schema(
            type=OpenAPIType.OBJECT,
            properties={"prompt": _TEXT, "mode": _TEXT, "requested_by": _TEXT},
            required=["prompt"],
        ),
    ]
)
_FOR_ALL = dict.fromkeys(FIELDS, _TEXT)
_BODY = RequestBody(
    required=True,
    content={
        JSON: OpenAPIMediaType(
            Schema(
                type=OpenAPIType.OBJECT,
                properties={"prompts": Schema(type=OpenAPIType.ARRAY, items=_ROW), **_FOR_ALL},
                required=["prompts"],
            )
        ),
        CSV: OpenAPIMediaType(
            Schema(type=OpenAPIType.STRING, example="prompt,mode\nHow do heat pumps work?,auto\n")
        ),
        FORM: OpenAPIMediaType(
            Schema(
                type=OpenAPIType.OBJECT,
                properties={
                    "file": Schema(type=OpenAPIType.STRING, content_encoding="binary"),
                    "prompts": Schema(type=OpenAPIType.STRING, description="One on each line."),
                    **_FOR_ALL,
                },
            )
        ),
    },
)


@dataclass
class BatchOperation(Operation):
    """An operation whose body is a batch in one of its forms."""

    def __post_init__(self) -> None:
        """Describe the body, which the handler reads by itself."""
        self.request_body = _BODY


async def read_batch(request: Request[Any, Any, State]) -> BatchRequest:
    """Read a batch in whichever form it was sent.

    Raises:
        InvalidBatchError: it is not one.
        Problem: it says that it is something else (415).

    """
    media_type, _ = request.content_type
    fields = {name: request.query_params[name] for name in FIELDS if name in request.query_params}
    not_encoded(request)
    if media_type == JSON:
        return from_json(await request.body(), fields)
    if media_type == CSV:
        return from_csv(await request.body(), fields)
    if media_type != FORM:
        raise wrong_media_type(media_type)
    form = await _form(request)
    fields |= {name: form[name] for name in FIELDS if form.get(name)}
    file, prompts = form.get("file"), form.get("prompts") or ""
    if not isinstance(prompts, str):
        raise _wrong("prompts", "Write the questions into this field; a file goes into the field file.")
    if not isinstance(file, UploadFile) or not file.filename:
        return from_lines(prompts, fields)
    if prompts.strip():
        raise _wrong("prompts", "Send a file or questions on lines, not both.")
    is_json = file.content_type == JSON or file.filename.lower().endswith(".json")
    return (from_json if is_json else from_csv)(await file.read(), fields)


async def _form(request: Request[Any, Any, State]) -> FormMultiDict:
    try:
        form = await request.form()
    except RequestEntityTooLarge:
        raise
    # A part may be in an encoding of its own naming, and need not be in it.
    except (ClientException, UnicodeDecodeError, LookupError) as error:
        raise _wrong(BODY, "Send a whole form as multipart/form-data, its text in UTF-8.") from error
    for name in ("file", "prompts", *FIELDS):
        if len(form.getall(name, [])) > 1:
            raise _wrong(name, "Send this once; more than one file makes more than one batch.")
    return form


def _wrong(field: str, remedy: str) -> InvalidBatchError:
    return InvalidBatchError([FieldError(field=field, detail=remedy)])
