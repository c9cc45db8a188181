"""The operator's view, and Grafana's dashboards where there are some."""

from typing import Any

from litestar import Request, get, post
from litestar.exceptions import NotFoundException
from litestar.response import Stream

from gateway.grafana import Grafana, Inquiry
from gateway.live.shared_view import SharedView
from gateway.operations import Operations, OperationsView
from gateway.routes.events import EVENT_STREAM, HEADERS

AnyRequest = Request[Any, Any, Any]


@get("/api/operations", tags=["operations"])
async def operations_now(operations: Operations) -> OperationsView:
    """Show how everything is: processes, task queues, the bus, reports, what the last sweep found."""
    return await operations.look()


@get("/api/operations/events", media_type=EVENT_STREAM, tags=["operations"])
async def operations_events(operations_view: SharedView) -> Stream:
    """Stream the same (Server-Sent Events): all of it at once, and again whenever something has changed."""
    return Stream(operations_view.watch(), media_type=EVENT_STREAM, headers=HEADERS)


@get(["/grafana", "/grafana/{path:path}"], include_in_schema=False)
async def look_at_dashboards(request: AnyRequest, grafana: Grafana | None) -> Stream:
    """Pass what a dashboard's viewer asks on to Grafana."""
    return await _ask(request, grafana, b"")


@post("/grafana/{path:path}", include_in_schema=False)
async def query_for_dashboards(request: AnyRequest, grafana: Grafana | None) -> Stream:
    """Pass a panel's query on to Grafana."""
    return await _ask(request, grafana, await request.body())


async def _ask(request: AnyRequest, grafana: Grafana | None, body: bytes) -> Stream:
    if grafana is None:
        raise NotFoundException
    answer = await grafana.ask(
        Inquiry(
            method=request.method,
            path=request.scope["raw_path"].decode("ascii"),
            query=request.scope["query_string"].decode("ascii"),
            headers=request.headers.items(),
            body=body,
        )
    )
    return Stream(
        answer.content,
        status_code=answer.status,
        headers=answer.headers,
        media_type=answer.headers.get("content-type", "application/octet-stream"),
    )
