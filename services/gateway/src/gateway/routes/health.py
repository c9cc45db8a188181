"""Whether the gateway lives, whether the whole stack can take a report, and what was counted."""

from typing import Any

from litestar import Response, asgi, get
from litestar.openapi import ResponseSpec
from litestar.response import Stream
from litestar.types import Receive, Scope, Send

from gateway.live.shared_view import SharedView
from gateway.readiness import Readiness
from gateway.routes.events import EVENT_STREAM, HEADERS
from runtime.health import health_body
from runtime.metrics.exposition import metrics_app

NOT_READY = {
    503: ResponseSpec(
        dict[str, Any], generate_examples=False, description="Not yet; each check says what is missing."
    )
}


@get(["/health/live", "/health/startup"], tags=["operations"])
async def live() -> dict[str, str]:
    """Answer 200 while the process can answer at all."""
    return {"status": "live"}


@get("/health/ready", responses=NOT_READY, tags=["operations"])
async def ready(readiness: Readiness) -> Response[dict[str, Any]]:
    """Answer 200 once the whole stack can take a report, and 503 with what is missing before."""
    results = await readiness.results()
    is_ready = all(result.ok for result in results.values())
    return Response(health_body(results), status_code=200 if is_ready else 503)


@get("/health", tags=["operations"])
async def health(readiness: Readiness) -> dict[str, Any]:
    """Show every check; always 200."""
    return health_body(await readiness.results())


@get("/api/health/events", media_type=EVENT_STREAM, tags=["operations"])
async def health_events(health_view: SharedView) -> Stream:
    """Stream how every part of the system is (Server-Sent Events): all of it at once, then what changes.

    `{"ok": …, "components": {name: {"ok": …, "detail": …, "processes": …, "waiting": …}}}`
    """
    return Stream(health_view.watch(), media_type=EVENT_STREAM, headers=HEADERS)


@asgi("/metrics", copy_scope=False)
async def metrics(scope: Scope, receive: Receive, send: Send) -> None:
    """Give the metrics in Prometheus' format."""
    await metrics_app(scope, receive, send)  # type: ignore[arg-type] # two libraries' names for ASGI's types
