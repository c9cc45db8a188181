"""What the notifier counts, as the catalogue has it."""

from runtime.metrics.catalogue.webhooks import (
    ANNOUNCEMENTS,
    ATTEMPT_SECONDS,
    ATTEMPTS,
    DELIVERIES,
    EVENTS,
    FIRST_ATTEMPT_DELAY,
)

__all__ = ["ANNOUNCEMENTS", "ATTEMPTS", "ATTEMPT_SECONDS", "DELIVERIES", "EVENTS", "FIRST_ATTEMPT_DELAY"]
