"""What goes wrong at a provider, classified by the type of what the client raised."""

import json
from datetime import timedelta
from http import HTTPStatus

from openai import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
)
from pydantic import ValidationError

from contracts.failures import FailureCode
from llm_worker.providers.retry_after import retry_after

CONTEXT_ERROR_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})
TRANSIENT_STATUSES: frozenset[int] = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
_CODE_OF_STATUS: dict[int, FailureCode] = {
    HTTPStatus.UNAUTHORIZED: FailureCode.PROVIDER_REJECTED_KEY,
    HTTPStatus.PAYMENT_REQUIRED: FailureCode.PROVIDER_REJECTED_KEY,
    HTTPStatus.FORBIDDEN: FailureCode.PROVIDER_REJECTED_KEY,
    HTTPStatus.NOT_FOUND: FailureCode.MODEL_NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: FailureCode.CONTEXT_TOO_LONG,
    HTTPStatus.TOO_MANY_REQUESTS: FailureCode.PROVIDER_RATE_LIMITED,
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
    """A failed call. `wait` is how long the provider asks us to stay away, when it says so."""

    def __init__(
        self, code: FailureCode, detail: str = "", *, retryable: bool, wait: timedelta | None = None
    ) -> None:
        self.code = code
        self.retryable = retryable
        self.wait = wait
        super().__init__(f"{_ADVICE[code]} ({detail})" if detail else _ADVICE[code])


# What a client call may raise that is the provider's doing: broken JSON is a ValueError of its own kind.
CLIENT_ERRORS = (APIError, json.JSONDecodeError, UnicodeDecodeError, ValidationError)


def fault_of(error: Exception) -> ProviderFaultError:
    """Classify one of `CLIENT_ERRORS`."""
    match error:
        case APITimeoutError():
            return ProviderFaultError(FailureCode.PROVIDER_UNAVAILABLE, "no answer in time", retryable=True)
        case APIConnectionError():
            cause = type(error.__cause__ or error).__name__
            return ProviderFaultError(FailureCode.PROVIDER_UNAVAILABLE, cause, retryable=True)
        case APIStatusError():
            return _fault_of_status(error)
        case APIError() if not isinstance(error, APIResponseValidationError):
            return _fault_in_stream(error)
        case _:
            detail = type(error).__name__
            return ProviderFaultError(FailureCode.PROVIDER_ANSWER_INVALID, detail, retryable=True)


def _fault_of_status(error: APIStatusError) -> ProviderFaultError:
    status = error.status_code
    detail = f"HTTP {status}" + (f", {error.code}" if error.code else "")
    if _says_context_too_long(error):
        return ProviderFaultError(FailureCode.CONTEXT_TOO_LONG, detail, retryable=False)
    if status in TRANSIENT_STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        code = _CODE_OF_STATUS.get(status, FailureCode.PROVIDER_UNAVAILABLE)
        wait = retry_after(error.response.headers)
        return ProviderFaultError(code, detail, retryable=True, wait=wait)
    code = _CODE_OF_STATUS.get(status, FailureCode.PROVIDER_REJECTED_REQUEST)
    return ProviderFaultError(code, detail, retryable=False)


def _fault_in_stream(error: APIError) -> ProviderFaultError:
    if _says_context_too_long(error):
        return ProviderFaultError(FailureCode.CONTEXT_TOO_LONG, retryable=False)
    detail = error.code or "error in the stream"
    return ProviderFaultError(FailureCode.PROVIDER_UNAVAILABLE, detail, retryable=True)


def _says_context_too_long(error: APIError) -> bool:
    return bool({error.code, error.type} & CONTEXT_ERROR_CODES)
