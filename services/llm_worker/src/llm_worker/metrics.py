"""What the LLM worker counts, as the catalogue has it."""

from enum import StrEnum

from runtime.metrics.catalogue.models import (
    ATTEMPTS,
    COST,
    ESTIMATED,
    LEDGER_RETRIES,
    LIVE_TEXT_FAILURES,
    OPERATION_DURATION,
    ORPHANS,
    PROVIDER_CALLS,
    REATTACHMENTS,
    RETRIES,
    STORE_RETRIES,
    TIME_TO_FIRST_CHUNK,
    TOKEN_USAGE,
    UNPRICED,
)

__all__ = [
    "ATTEMPTS",
    "COST",
    "ESTIMATED",
    "LEDGER_RETRIES",
    "LIVE_TEXT_FAILURES",
    "OPERATION_DURATION",
    "ORPHANS",
    "PROVIDER_CALLS",
    "REATTACHMENTS",
    "RETRIES",
    "STORE_RETRIES",
    "TIME_TO_FIRST_CHUNK",
    "TOKEN_USAGE",
    "UNPRICED",
    "CallOutcome",
    "gen_ai",
]


class CallOutcome(StrEnum):
    """How an attempt ended when it did not fail; a failed one is counted by its `FailureCode`."""

    ANSWERED = "answered"
    FOUND = "found_in_store"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"
    ERROR = "error"


def gen_ai(model: str) -> dict[str, str]:
    """Give the labels that every GenAI metric has; the protocol spoken is OpenAI's, whoever answers."""
    return {"gen_ai_operation_name": "chat", "gen_ai_provider_name": "openai", "gen_ai_request_model": model}
