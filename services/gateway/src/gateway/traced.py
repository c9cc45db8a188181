"""A span for each request of the API, below the one that the caller names."""

from typing import Any

import structlog

from contracts.identifiers import request_id_of
from gateway.asgi import AsgiApp, Message, Receive, Scope, Send
from runtime import tracing
from runtime.tracing import Kind

API = "/api/"
WORKFLOWS = "/api/workflows/"


def traced(app: AsgiApp) -> AsgiApp:
    """Trace requests of the API, and bind what the log says of them. An event stream is nobody's step."""

    async def trace(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(API) or scope["path"].endswith("/events"):
            await app(scope, receive, send)
            return
        method, received = scope["method"], _traceparent(scope)
        with (
            tracing.span(
                method,
                Kind.SERVER,
                {"http.request.method": method, "url.path": scope["path"]},
                parent=received,
            ) as note,
            structlog.contextvars.bound_contextvars(**_identity(scope["path"], received)),
        ):

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    route = scope.get("path_template", "unmatched")
                    status: int = message["status"]
                    failed = {"error.type": str(status)} if status >= 500 else {}
                    note({"http.response.status_code": status, "http.route": route} | failed)
                await send(message)

            await app(scope, receive, send_noted)

    return trace


def _traceparent(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return str(value.decode("latin-1"))
    return None


def _identity(path: str, received: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if trace_id := tracing.trace_id(tracing.traceparent(received)):
        found["trace_id"] = trace_id
    workflow_id = path.removeprefix(WORKFLOWS).partition("/")[0] if path.startswith(WORKFLOWS) else ""
    if request_id := request_id_of(workflow_id):
        found |= {"workflow_id": workflow_id, "request_id": request_id}
    return found
