"""The gateway: what people and other systems ask of it."""

from runtime.metrics.definitions import Counter, Gauge, Histogram, Label, Process

BY = (Process.GATEWAY,)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

ROUTE = Label("route", source="route templates of the gateway; `unmatched` for every other path")
METHOD = Label("method", (*METHODS, "other"))
STATUS_CLASS = Label("status_class", ("1xx", "2xx", "3xx", "4xx", "5xx"))

HTTP_REQUESTS = Counter(
    "gateway_http_requests_total",
    "HTTP requests answered.",
    unit="requests",
    by=BY,
    labels=(ROUTE, METHOD, STATUS_CLASS),
)
HTTP_DURATION = Histogram(
    "gateway_http_request_duration_seconds",
    "Time to the end of an answer; event streams are left out.",
    unit="seconds",
    by=BY,
    labels=(ROUTE, METHOD),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
HTTP_IN_FLIGHT = Gauge(
    "gateway_http_requests_in_flight",
    "HTTP requests being answered now, event streams included.",
    unit="requests",
    by=BY,
)
REPORT_REQUESTS = Counter(
    "gateway_report_requests_total",
    "Requests for a report that had the right form, by what came of putting them on the bus: `accepted` "
    "(202), `unconfirmed` (503, the bus did not confirm), `key_reused` (422), `error` (500).",
    unit="requests",
    by=BY,
    labels=(Label("outcome", ("accepted", "unconfirmed", "key_reused", "error")),),
)
VIEWERS = Gauge("gateway_sse_viewers", "Event streams that are open now.", unit="streams", by=BY)
VIEWERS_BEHIND = Counter(
    "gateway_sse_viewers_behind_total",
    "Viewers that had to catch up from the stream.",
    unit="viewers",
    by=BY,
)

METRICS = (HTTP_REQUESTS, HTTP_DURATION, HTTP_IN_FLIGHT, REPORT_REQUESTS, VIEWERS, VIEWERS_BEHIND)
