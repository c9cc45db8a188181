"""The LLM worker; names and buckets as in OpenTelemetry's GenAI conventions where those have one."""

from contracts.failures import FailureCode
from runtime.metrics.definitions import Counter, Histogram, Label, Process

BY = (Process.LLM_WORKER,)

MODEL = Label("gen_ai_request_model", source="LLM_MODEL of the process")
OPERATION = Label("gen_ai_operation_name", ("chat",))
PROVIDER = Label("gen_ai_provider_name", ("openai",))
GEN_AI = (OPERATION, PROVIDER, MODEL)

# How a provider call ended, as the ledger has it.
OUTCOMES = (
    "answered",
    "unusable",
    "rate_limited",
    "rejected",
    "unavailable",
    "cut",
    "cancelled",
    "handed_over",
    "abandoned",
    "expired",
)

TOKEN_USAGE = Histogram(
    "gen_ai_client_token_usage",
    "Tokens of a provider call, as billed, or estimated where the provider does not say.",
    unit="tokens",
    by=BY,
    labels=(*GEN_AI, Label("gen_ai_token_type", ("input", "output"))),
    buckets=(1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576),
)
OPERATION_DURATION = Histogram(
    "gen_ai_client_operation_duration_seconds",
    "From the request to the end of the answer, or to the failure that `error_type` names (empty: none).",
    unit="seconds",
    by=BY,
    labels=(*GEN_AI, Label("error_type", ("", *FailureCode, "cancelled", "_OTHER"))),
    buckets=(
        0.01,
        0.02,
        0.04,
        0.08,
        0.16,
        0.32,
        0.64,
        1.28,
        2.56,
        5.12,
        10.24,
        20.48,
        40.96,
        81.92,
        163.84,
        327.68,
    ),
)
TIME_TO_FIRST_CHUNK = Histogram(
    "gen_ai_client_operation_time_to_first_chunk_seconds",
    "From the request to the first text of a streamed answer.",
    unit="seconds",
    by=BY,
    labels=GEN_AI,
    buckets=(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92),
)
ATTEMPTS = Counter(
    "llm_call_attempts_total",
    "Attempts of the step `llm_call` by how they ended: with an answer, with one found in the store, or "
    "with a failure's code.",
    unit="attempts",
    by=BY,
    labels=(
        Label(
            "outcome",
            ("answered", "found_in_store", "cancelled", "handed_over", "error", *FailureCode),
        ),
    ),
)
RETRIES = Counter(
    "llm_retries_total",
    "Attempts of `llm_call` that will be followed by another one, by reason.",
    unit="attempts",
    by=BY,
    labels=(Label("reason", (*FailureCode, "handed_over")),),
)
PROVIDER_CALLS = Counter(
    "llm_provider_calls_total",
    "Calls of the provider whose line in the ledger was closed, by how they ended.",
    unit="calls",
    by=BY,
    labels=(Label("outcome", OUTCOMES),),
)
COST = Counter(
    "llm_cost_usd_total",
    "What provider calls came to, at the configured prices; calls without a known price are left out.",
    unit="USD",
    by=BY,
    labels=(MODEL,),
)
UNPRICED = Counter(
    "llm_unpriced_calls_total",
    "Provider calls that may have cost something, at a price that is not configured.",
    unit="calls",
    by=BY,
)
ESTIMATED = Counter(
    "llm_estimated_calls_total",
    "Provider calls whose tokens had to be estimated.",
    unit="calls",
    by=BY,
)
REATTACHMENTS = Counter(
    "llm_reattachments_total",
    "Times that a begun answer was taken up again: by the `same_attempt` after a broken stream, by a "
    "`later_attempt` after a lost worker.",
    unit="times",
    by=BY,
    labels=(Label("by", ("same_attempt", "later_attempt")),),
)
STORE_RETRIES = Counter(
    "llm_answer_store_retries_total", "Times that the store did not take a paid answer.", unit="times", by=BY
)
LEDGER_RETRIES = Counter(
    "llm_ledger_retries_total",
    "Times that the database did not take a line of the ledger.",
    unit="times",
    by=BY,
)
ORPHANS = Counter(
    "llm_orphaned_calls_total", "Calls that were closed after their report had ended.", unit="calls", by=BY
)
LIVE_TEXT_FAILURES = Counter(
    "llm_live_text_failures_total", "Pieces of live text that the bus did not take.", unit="pieces", by=BY
)

METRICS = (
    TOKEN_USAGE,
    OPERATION_DURATION,
    TIME_TO_FIRST_CHUNK,
    ATTEMPTS,
    RETRIES,
    PROVIDER_CALLS,
    COST,
    UNPRICED,
    ESTIMATED,
    REATTACHMENTS,
    STORE_RETRIES,
    LEDGER_RETRIES,
    ORPHANS,
    LIVE_TEXT_FAILURES,
)
