"""The metrics of this service: a closed set, labels bounded by the enums named here."""

from enum import StrEnum

from prometheus_client import Counter, Histogram


class CallOutcome(StrEnum):
    """How a call ended when it did not fail; a failed one is counted by its `FailureCode`."""

    ANSWERED = "answered"
    FOUND = "found_in_store"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"
    ERROR = "error"


CALLS = Counter("llm_calls", "Calls of llm_call by how they ended", ["outcome"])
TOKENS = Counter("llm_tokens", "Tokens that providers billed", ["direction"])
FIRST_TOKEN_SECONDS = Histogram(
    "llm_time_to_first_token_seconds",
    "From the request to the first text",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
CALL_SECONDS = Histogram(
    "llm_call_duration_seconds",
    "From the request to the end of the answer",
    buckets=(0.1, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640),
)
STORE_RETRIES = Counter("llm_answer_store_retries", "Times that the store did not take a paid answer")
LEDGER_RETRIES = Counter("llm_ledger_retries", "Times that the database did not take a line of the ledger")
REATTACHMENTS = Counter("llm_reattachments", "Times that a begun answer was taken up again", ["by"])
"""`by`: `same_attempt` after a broken stream, `later_attempt` after a lost worker."""
ORPHANS = Counter("llm_orphaned_calls", "Calls that were closed after their report had ended")
LIVE_TEXT_FAILURES = Counter("llm_live_text_failures", "Pieces of live text that the bus did not take")
