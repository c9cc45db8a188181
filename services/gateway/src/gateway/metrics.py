"""What the gateway counts, as the catalogue has it."""

from runtime.metrics.catalogue.gateway import (
    HTTP_DURATION,
    HTTP_IN_FLIGHT,
    HTTP_REQUESTS,
    METHODS,
    REPORT_REQUESTS,
    VIEWERS,
    VIEWERS_BEHIND,
)

__all__ = [
    "HTTP_DURATION",
    "HTTP_IN_FLIGHT",
    "HTTP_REQUESTS",
    "METHODS",
    "REPORT_REQUESTS",
    "VIEWERS",
    "VIEWERS_BEHIND",
]
