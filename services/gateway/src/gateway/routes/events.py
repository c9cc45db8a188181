"""Watching a report."""

from litestar import Response, get
from litestar.response import Stream
from litestar.status_codes import HTTP_204_NO_CONTENT

from gateway.errors.refusals import answering
from gateway.live.hub import Hub
from gateway.live.streams import Streams
from gateway.live.viewing import LastEventId
from gateway.openapi import ALL_TOLD, NOT_FOUND, UNAVAILABLE
from gateway.reading.tracker import Tracker
from gateway.routes.parameters import LastEventIdHeader

EVENT_STREAM = "text/event-stream"
# A proxy that buffers would hold the text back.
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@get(
    "/api/workflows/{workflow_id:str}/events",
    media_type=EVENT_STREAM,
    responses=NOT_FOUND | UNAVAILABLE | ALL_TOLD,
    tags=["reports"],
)
async def events(  # noqa: PLR0913 - dependencies, by name
    *,
    report_id: str,
    tenant_id: str,
    tracker: Tracker,
    hub: Hub,
    streams: Streams,
    last_event_id: LastEventIdHeader = None,
) -> Response[bytes] | Stream:
    """Stream a report's events and its text as it is written (Server-Sent Events).

    The first message is `snapshot`, unless `Last-Event-ID` is given: then exactly what was missed follows.
    The stream ends after `completed`, `failed` or `cancelled`; 204 answers one who has had that message.
    """
    last = LastEventId.parse(last_event_id)
    with answering():
        await tracker.find(tenant_id, report_id)
    if last is not None and last.ended:
        return Response(b"", status_code=HTTP_204_NO_CONTENT)
    await hub.ready()
    stream = streams.watch(tenant_id, report_id, last.position if last else None)
    return Stream(stream, media_type=EVENT_STREAM, headers=HEADERS)
