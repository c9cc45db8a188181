"""Whether the gateway lives, whether the whole stack can take a report, and what was counted."""

from typing import Any

from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gateway.readiness import Readiness
from runtime.health import health_body


@get("/health/live", tags=["operations"])
async def live() -> dict[str, str]:
    """Answer 200 while the process can answer at all."""
    return {"status": "live"}


@get("/health/ready", tags=["operations"])
async def ready(readiness: Readiness) -> Response[dict[str, Any]]:
    """Answer 200 once the whole stack can take a report, and 503 with what is missing before."""
    results = await readiness.results()
    is_ready = all(result.ok for result in results.values())
    return Response(health_body(results), status_code=200 if is_ready else 503)


@get("/health", tags=["operations"])
async def health(readiness: Readiness) -> dict[str, Any]:
    """Show every check; always 200."""
    return health_body(await readiness.results())


@get("/metrics", include_in_schema=False)
async def metrics() -> Response[bytes]:
    """Give the counters in Prometheus' format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
