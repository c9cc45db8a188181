"""What the gateway counts."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "gateway_http_requests", "HTTP requests answered, by route template.", ["route", "method", "status"]
)
LATENCY = Histogram(
    "gateway_http_request_duration_seconds",
    "Time to the end of an answer; event streams are left out.",
    ["route", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
VIEWERS = Gauge("gateway_sse_viewers", "Event streams that are open now.")
VIEWERS_BEHIND = Counter("gateway_sse_viewers_behind", "Viewers that had to catch up from the stream.")
