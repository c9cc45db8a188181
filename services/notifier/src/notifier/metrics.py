"""The notifier's metrics: a closed set, every label from an enumeration."""

from prometheus_client import Counter, Histogram

ANNOUNCEMENTS = Counter(
    "notifier_announcements_total", "Events that a stream confirmed, by event type.", ["event_type"]
)
EVENTS = Counter(
    "notifier_events_total",
    "Events taken from the bus: dispatched, postponed (to be delivered again) or dead_lettered.",
    ["outcome"],
)
ATTEMPTS = Counter("notifier_webhook_attempts_total", "HTTP attempts: delivered, retry or stop.", ["verdict"])
ATTEMPT_SECONDS = Histogram("notifier_webhook_attempt_seconds", "Duration of HTTP attempts.")
DELIVERIES = Counter(
    "notifier_webhook_deliveries_total", "Deliveries that came to an end: delivered or failed.", ["state"]
)
