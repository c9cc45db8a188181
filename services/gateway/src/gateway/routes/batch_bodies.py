"""The forms in which a batch can be sent, and how the API describes them."""

from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.datastructures import State, UploadFile
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from gateway.batching.parsing import BatchRequest, from_csv, from_json, from_lines
from gateway.errors.batch_refusals import wrong_media_type

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
    if media_type == JSON:
        return from_json(await request.body(), fields)
    if media_type == CSV:
        return from_csv(await request.body(), fields)
    if media_type != FORM:
        raise wrong_media_type(media_type)
    form = await request.form()
    fields |= {name: form[name] for name in FIELDS if form.get(name)}
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return from_lines(str(form.get("prompts") or ""), fields)
    is_json = file.content_type == JSON or file.filename.lower().endswith(".json")
    return (from_json if is_json else from_csv)(await file.read(), fields)
