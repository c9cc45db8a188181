"""What holds for every answer, whoever gives it: security headers, HEAD, counting, bodies that break off."""

import time

from gateway.asgi import AsgiApp, Message, Receive, Scope, Send
from gateway.errors.problems import Problem
from gateway.grafana import PREFIX
from gateway.metrics import HTTP_DURATION, HTTP_IN_FLIGHT, HTTP_REQUESTS, METHODS
from gateway.traced import traced

# A page loads only what the gateway serves: no inline script or style, nothing from elsewhere.
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-src 'self'; frame-ancestors 'none'"
)
# A report's page shows its PDF in a frame; browsers' PDF viewers need their own styles and objects.
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
# Grafana's pages run scripts and styles of their own making; the operations page shows them in a frame.
GRAFANA_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)

_COMMON = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}


def layered(app: AsgiApp) -> AsgiApp:
    """Wrap the application in everything of this module."""
    return answering_head(counted(traced(secured(whole(app)))))


def secured(app: AsgiApp) -> AsgiApp:
    """Put the security headers on every answer."""

    async def secure(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                added = _security_headers(_policy(scope["path"], headers.get(b"content-type", b"")))
                if scope["path"].startswith("/api/") and b"cache-control" not in headers:
                    added[b"cache-control"] = b"no-store"
                message = {**message, "headers": [*message["headers"], *added.items()]}
            await send(message)

        await app(scope, receive, send_secured)

    return secure


def _policy(path: str, content_type: bytes) -> str:
    if path.startswith(f"{PREFIX}/"):
        return GRAFANA_POLICY
    return PDF_POLICY if content_type.startswith(b"application/pdf") else PAGE_POLICY


def _security_headers(policy: str) -> dict[bytes, bytes]:
    return {
        **_COMMON,
        b"content-security-policy": policy.encode(),
        b"x-frame-options": b"DENY" if policy is PAGE_POLICY else b"SAMEORIGIN",
    }


def answering_head(app: AsgiApp) -> AsgiApp:
    """Answer HEAD as GET: the server leaves the body out. An event stream has no end to answer with."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") == "HEAD" and not scope["path"].endswith("/events"):
            scope = {**scope, "method": "GET"}
        await app(scope, receive, send)

    return answer


def whole(app: AsgiApp) -> AsgiApp:
    """Take a body that breaks off for what it is: the client's fault, not ours."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        is_whole = False

        async def receive_whole() -> Message:
            nonlocal is_whole
            message = await receive()
            if message["type"] == "http.disconnect" and not is_whole:
                raise Problem(
                    400,
                    "body-broke-off",
                    "The body broke off",
                    "The connection ended before the body did. Send the request again.",
                )
            is_whole = is_whole or not message.get("more_body", False)
            return message

        await app(scope, receive_whole, send)

    return serve


def counted(app: AsgiApp) -> AsgiApp:
    """Count every answer and time it, by route template: an unknown path is one route, whatever it is."""

    async def count(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        status = 500

        async def send_counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        begun = time.perf_counter()
        try:
            with HTTP_IN_FLIGHT.metric.track_inprogress():
                await app(scope, receive, send_counted)
        finally:
            route = scope.get("path_template") or "unmatched"
            method = scope["method"] if scope["method"] in METHODS else "other"
            HTTP_REQUESTS.labels(route=route, method=method, status_class=f"{status // 100}xx").inc()
            if not route.endswith("/events"):
                HTTP_DURATION.labels(route=route, method=method).observe(time.perf_counter() - begun)

    return count
