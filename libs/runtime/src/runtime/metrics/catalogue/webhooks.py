"""The notifier: events announced, and webhooks delivered."""

from contracts.events import EventType
from contracts.webhooks import DeliveryState
from runtime.metrics.definitions import Counter, Histogram, Label, Process

DISPATCHER = (Process.DISPATCHER,)

ANNOUNCEMENTS = Counter(
    "notifier_announcements_total",
    "Drafts and endings of reports that the event stream has confirmed.",
    unit="events",
    by=(Process.ANNOUNCER,),
    labels=(Label("event_type", EventType),),
)
EVENTS = Counter(
    "notifier_events_total",
    "Events taken from the bus: `dispatched`, `postponed` (to be delivered again) or `dead_lettered`.",
    unit="events",
    by=DISPATCHER,
    labels=(Label("outcome", ("dispatched", "postponed", "dead_lettered")),),
)
ATTEMPTS = Counter(
    "notifier_webhook_attempts_total",
    "HTTP attempts by what they mean for the delivery.",
    unit="attempts",
    by=DISPATCHER,
    labels=(Label("verdict", ("delivered", "retry", "stop")),),
)
ATTEMPT_SECONDS = Histogram(
    "notifier_webhook_attempt_seconds",
    "Duration of HTTP attempts.",
    unit="seconds",
    by=DISPATCHER,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
)
FIRST_ATTEMPT_DELAY = Histogram(
    "notifier_webhook_first_attempt_delay_seconds",
    "From an event having happened to the begin of the first HTTP attempt to tell an endpoint.",
    unit="seconds",
    by=DISPATCHER,
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 3600),
)
DELIVERIES = Counter(
    "notifier_webhook_deliveries_total",
    "Deliveries that came to an end.",
    unit="deliveries",
    by=DISPATCHER,
    labels=(Label("state", [state.value for state in DeliveryState if state is not DeliveryState.PENDING]),),
)

METRICS = (ANNOUNCEMENTS, EVENTS, ATTEMPTS, ATTEMPT_SECONDS, FIRST_ATTEMPT_DELAY, DELIVERIES)
