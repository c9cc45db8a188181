"""Many reports at once."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import Parameter
from litestar.response import Stream
from litestar.status_codes import HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from gateway.batch_views import AcceptedBatch, BatchDetails, BatchList, BatchSummary, batch_address, key_of
from gateway.batching.parsing import InvalidBatchError
from gateway.batching.submission import Submission
from gateway.commands import KeyReusedError, OutcomeUnknownError
from gateway.errors.batch_refusals import batch_answering, batch_has_ended, no_archive, not_ended
from gateway.errors.problems import Problem, invalid_input, unavailable
from gateway.errors.refusals import key_reused
from gateway.live.batch_streams import BatchStreams
from gateway.live.hub import Hub
from gateway.live.viewing import LastEventId
from gateway.openapi import ALL_TOLD, BODY_REFUSED, CONFLICT, INVALID, KEY_REUSED, NOT_FOUND, UNAVAILABLE
from gateway.publisher import request_id_for
from gateway.reading.batches import Batches
from gateway.reading.documents import Documents
from gateway.reading.executions import Executions, NoOpenExecutionError, TemporalUnavailableError
from gateway.routes.batch_bodies import BatchOperation, read_batch
from gateway.routes.events import EVENT_STREAM, HEADERS
from gateway.routes.parameters import IdempotencyKey, LastEventIdHeader, Traceparent, checked_key
from gateway.routes.reports import disposition

MAX_BATCH_BYTES = 2 * 1024 * 1024
MAX_PAGE_SIZE = 500
ZIP = "application/zip"

PageNumber = Annotated[int, Parameter(ge=1, le=1_000_000)]
PageSize = Annotated[int, Parameter(ge=1, le=MAX_PAGE_SIZE)]


@post(
    "/api/batches",
    status_code=HTTP_202_ACCEPTED,
    request_max_body_size=MAX_BATCH_BYTES,
    responses=BODY_REFUSED | KEY_REUSED | UNAVAILABLE,
    operation_class=BatchOperation,
    tags=["batches"],
)
async def submit_batch(
    *,
    request: Request[Any, Any, State],
    tenant_id: str,
    submission: Submission,
    idempotency_key: IdempotencyKey = None,
    traceparent: Traceparent = None,
) -> Response[AcceptedBatch]:
    """Accept many reports at once, all or none; 202 says that all are stored and will be worked on.

    As JSON; as CSV with the column `prompt`, and `mode` and `requested_by` if need be; or as a form with such
    a `file`, or with `prompts` on lines. With CSV, `name`, `requested_by` and `mode` are query parameters.
    """
    key = checked_key(idempotency_key)
    batch = key_of(tenant_id, request_id_for(tenant_id, key))
    try:
        sent = await read_batch(request)
    except InvalidBatchError as error:
        raise invalid_input(error.errors) from error
    with batch_answering():
        try:
            command = await submission.submit(batch, sent, traceparent=traceparent)
        except KeyReusedError as error:
            raise key_reused() from error
        except OutcomeUnknownError as error:
            raise _outcome_unknown(batch.batch_id, with_key=key is not None) from error
    accepted = AcceptedBatch.of(command)
    return Response(accepted, headers={"Location": accepted.batch_url})


def _outcome_unknown(batch_id: str, *, with_key: bool) -> Problem:
    remedy = (
        "Repeat the request with the same Idempotency-Key: nothing of it will be made twice."
        if with_key
        else "Look at batch_url before you repeat it, and send an Idempotency-Key to make repeating safe."
    )
    return Problem(
        503,
        "outcome-unknown",
        "The batch may or may not have been accepted",
        f"The message bus did not confirm the batch in time. {remedy}",
        retry_after=2,
        members={"batch_id": batch_id, "batch_url": batch_address(batch_id)},
    )


@get("/api/batches", responses=INVALID | UNAVAILABLE, tags=["batches"])
async def list_batches(
    *, tenant_id: str, batches: Batches, page: PageNumber = 1, page_size: PageSize = 20
) -> BatchList:
    """List the batches that have begun, newest first."""
    with batch_answering():
        found = await batches.page(tenant_id, page=page, size=page_size)
    items = [BatchSummary.of(batch) for batch in found.batches]
    return BatchList(items=items, total=found.total, page=page, page_size=page_size)


@get("/api/batches/{batch_id:str}", responses=INVALID | NOT_FOUND | UNAVAILABLE, tags=["batches"])
async def get_batch(
    *, batch_id: str, tenant_id: str, batches: Batches, page: PageNumber = 1, page_size: PageSize = 100
) -> BatchDetails:
    """Show a batch, and a page of its rows with their reports."""
    with batch_answering():
        batch = await batches.find(tenant_id, batch_id)
        rows = await batches.rows(batch)
    return BatchDetails.with_rows(batch, rows, page=page, page_size=page_size)


@get(
    "/api/batches/{batch_id:str}/events",
    media_type=EVENT_STREAM,
    responses=NOT_FOUND | UNAVAILABLE | ALL_TOLD,
    tags=["batches"],
)
async def batch_events(  # noqa: PLR0913 - dependencies, by name
    *,
    batch_id: str,
    tenant_id: str,
    batches: Batches,
    hub: Hub,
    batch_streams: BatchStreams,
    last_event_id: LastEventIdHeader = None,
) -> Response[bytes] | Stream:
    """Stream how far a batch is (Server-Sent Events).

    `snapshot` is the whole batch, for everyone who comes or comes back; then each `report` tells what has
    changed about one row, and `ended` is the last. 204 answers one who has had that message.
    """
    last = LastEventId.parse(last_event_id)
    with batch_answering():
        await batches.find(tenant_id, batch_id)
    if last is not None and last.ended:
        return Response(b"", status_code=HTTP_204_NO_CONTENT)
    await hub.ready()
    return Stream(batch_streams.watch(tenant_id, batch_id), media_type=EVENT_STREAM, headers=HEADERS)


@get(
    "/api/batches/{batch_id:str}/archive",
    media_type=ZIP,
    responses=NOT_FOUND | CONFLICT | UNAVAILABLE,
    tags=["batches"],
)
async def batch_archive(batch_id: str, tenant_id: str, batches: Batches, documents: Documents) -> Stream:
    """Give all PDFs of a batch that has ended in one zip, with a manifest of every row as CSV and JSON."""
    with batch_answering():
        batch = await batches.find(tenant_id, batch_id)
        if not batch.status.is_terminal:
            raise not_ended(batch)
        if batch.archive is None:
            raise no_archive(batch)
        pieces = await documents.pieces(batch.archive)
    headers = {
        "Content-Disposition": disposition("attachment", batch.name or "batch", "batch", "zip"),
        "Content-Length": str(batch.archive.size),
        "ETag": f'"{batch.archive.sha256}"',
    }
    return Stream(pieces, media_type=ZIP, headers=headers)


@post(
    "/api/batches/{batch_id:str}/cancel",
    status_code=HTTP_202_ACCEPTED,
    responses=NOT_FOUND | CONFLICT | UNAVAILABLE,
    tags=["batches"],
)
async def cancel_batch(
    batch_id: str, tenant_id: str, batches: Batches, executions: Executions
) -> BatchSummary:
    """Ask a batch to stop: its reports under way are cancelled, the others never started."""
    with batch_answering():
        batch = await batches.find(tenant_id, batch_id)
        if batch.status.is_terminal:
            raise batch_has_ended(batch)
        try:
            await executions.cancel(batch.workflow_id)
        except NoOpenExecutionError as error:
            batch = await batches.find(tenant_id, batch_id)
            raise batch_has_ended(batch) from error
        except TemporalUnavailableError as error:
            detail = "Temporal does not answer; the cancellation may or may not have arrived. Try it again."
            raise unavailable("workflow", detail) from error
    return BatchSummary.of(batch)
