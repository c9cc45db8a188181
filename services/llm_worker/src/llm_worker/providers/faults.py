"""What goes wrong at a provider, classified by the type of what the client raised."""

import json
import math
from datetime import timedelta
from http import HTTPStatus

import httpx2
from openai import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
)
from pydantic import ValidationError

from contracts.failures import FailureCode
from contracts.reports import TokenUsage
from llm_worker.bills import Outcome
from llm_worker.providers.retry_after import retry_after

CONTEXT_ERROR_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})
# Reported as 429, but no waiting mends it.
QUOTA_ERROR_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
REFUSED_PROMPT_CODES = frozenset(
    {"invalid_prompt", "bio_policy", "misalignment_policy_violation", "data_residency_mismatch"}
)
RATE_LIMIT_CODE = "rate_limit_exceeded"
TRANSIENT_STATUSES: frozenset[int] = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
_CODE_OF_STATUS: dict[int, FailureCode] = {
    HTTPStatus.UNAUTHORIZED: FailureCode.PROVIDER_REJECTED_KEY,
    HTTPStatus.PAYMENT_REQUIRED: FailureCode.PROVIDER_REJECTED_KEY,
    HTTPStatus.FORBIDDEN: FailureCode.PROVIDER_REJECTED_KEY,
    HTTPStatus.NOT_FOUND: FailureCode.MODEL_NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: FailureCode.CONTEXT_TOO_LONG,
}
_ADVICE = {
    FailureCode.PROVIDER_REJECTED_REQUEST: "The model's provider does not accept this request.",
    FailureCode.PROVIDER_REJECTED_KEY: (
        "The model's provider does not accept the API key. Check OPENAI_API_KEY and the account behind it."
    ),
    FailureCode.MODEL_NOT_FOUND: (
        "The model's provider does not know the model. Check LLM_MODEL and OPENAI_BASE_URL."
    ),
    FailureCode.CONTEXT_TOO_LONG: "The question is too long for the model. Ask a shorter one.",
    FailureCode.PROVIDER_RATE_LIMITED: "The model's provider asks us to wait.",
    FailureCode.PROVIDER_UNAVAILABLE: "The model's provider does not answer.",
    FailureCode.PROVIDER_ANSWER_INVALID: "The model's provider sent an answer that cannot be used.",
}


class ProviderFaultError(Exception):
    """A failed call, and what is to be done about it.

    `wait` is how long the provider asks us to stay away, when it says so. `outcome` is what the ledger is
    to say. `resumable`: the answer may still be written; go on with it instead of asking again. `usage` is
    what the provider says it billed all the same.
    """

    def __init__(  # noqa: PLR0913 - each is a fact about one failed call
        self,
        code: FailureCode,
        detail: str = "",
        *,
        retryable: bool,
        outcome: Outcome,
        wait: timedelta | None = None,
        resumable: bool = False,
        usage: TokenUsage | None = None,
    ) -> None:
        self.code = code
        self.retryable = retryable
        self.outcome = outcome
        self.wait = wait
        self.resumable = resumable
        self.usage = usage
        advice = _ADVICE[code]
        if wait is not None:
            advice = f"The model's provider asked us to wait {math.ceil(wait.total_seconds())} s."
        super().__init__(f"{advice} ({detail})" if detail else advice)

    @property
    def is_wait(self) -> bool:
        """True when nothing is wrong but the moment."""
        return self.wait is not None or self.code is FailureCode.PROVIDER_RATE_LIMITED


class BackgroundNotOfferedError(Exception):
    """The endpoint does not speak the Responses API, or not in the background."""


class ResponseGoneError(Exception):
    """The provider does not have the response (any more)."""


# What a client call may raise that is the provider's doing: broken JSON is a ValueError of its own kind.
CLIENT_ERRORS = (APIError, json.JSONDecodeError, UnicodeDecodeError, ValidationError)


def fault_of(error: Exception) -> ProviderFaultError:
    """Classify one of `CLIENT_ERRORS`."""
    match error:
        case APITimeoutError():
            return _unreachable(error, "no answer in time")
        case APIConnectionError():
            return _unreachable(error, type(error.__cause__ or error).__name__)
        case APIStatusError():
            return _fault_of_status(error)
        case APIError() if not isinstance(error, APIResponseValidationError):
            return fault_of_code(error.code or error.type)
        case _:
            return ProviderFaultError(
                FailureCode.PROVIDER_ANSWER_INVALID,
                type(error).__name__,
                retryable=True,
                outcome=Outcome.UNUSABLE,
            )


def fault_of_code(code: str | None, usage: TokenUsage | None = None) -> ProviderFaultError:
    """Classify an error that came inside an answer, or that ended a response."""
    if code in CONTEXT_ERROR_CODES:
        fault, retryable, outcome = FailureCode.CONTEXT_TOO_LONG, False, Outcome.REJECTED
    elif code in QUOTA_ERROR_CODES:
        fault, retryable, outcome = FailureCode.PROVIDER_REJECTED_KEY, False, Outcome.REJECTED
    elif code in REFUSED_PROMPT_CODES:
        fault, retryable, outcome = FailureCode.PROVIDER_REJECTED_REQUEST, False, Outcome.REJECTED
    elif code == RATE_LIMIT_CODE:
        fault, retryable, outcome = FailureCode.PROVIDER_RATE_LIMITED, True, Outcome.RATE_LIMITED
    else:
        fault, retryable, outcome = FailureCode.PROVIDER_UNAVAILABLE, True, Outcome.CUT
    return ProviderFaultError(
        fault, code or "error in the stream", retryable=retryable, outcome=outcome, usage=usage
    )


def _unreachable(error: APIConnectionError, detail: str) -> ProviderFaultError:
    reached = not isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout)
    outcome = Outcome.CUT if reached else Outcome.UNAVAILABLE
    return ProviderFaultError(FailureCode.PROVIDER_UNAVAILABLE, detail, retryable=True, outcome=outcome)


def _fault_of_status(error: APIStatusError) -> ProviderFaultError:
    status = error.status_code
    detail = f"HTTP {status}" + (f", {error.code}" if error.code else "")
    codes = {error.code, error.type}
    if codes & CONTEXT_ERROR_CODES:
        code = FailureCode.CONTEXT_TOO_LONG
    elif codes & QUOTA_ERROR_CODES:
        code = FailureCode.PROVIDER_REJECTED_KEY
    elif status in TRANSIENT_STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _passing_fault(error, detail)
    else:
        code = _CODE_OF_STATUS.get(status, FailureCode.PROVIDER_REJECTED_REQUEST)
    return ProviderFaultError(code, detail, retryable=False, outcome=Outcome.REJECTED)


def _passing_fault(error: APIStatusError, detail: str) -> ProviderFaultError:
    limited = error.status_code == HTTPStatus.TOO_MANY_REQUESTS
    return ProviderFaultError(
        FailureCode.PROVIDER_RATE_LIMITED if limited else FailureCode.PROVIDER_UNAVAILABLE,
        detail,
        retryable=True,
        outcome=Outcome.RATE_LIMITED if limited else Outcome.UNAVAILABLE,
        wait=retry_after(error.response.headers),
    )
