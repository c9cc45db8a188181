"""Why a report ends without a PDF. A code never changes its meaning."""

from enum import StrEnum

from contracts.model import WireModel


class FailureCode(StrEnum):
    """The closed set of reasons; also the `type` of the `ApplicationError` that carries one."""

    PROVIDER_REJECTED_REQUEST = "provider_rejected_request"
    PROVIDER_REJECTED_KEY = "provider_rejected_key"
    MODEL_NOT_FOUND = "model_not_found"
    CONTEXT_TOO_LONG = "context_too_long"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    PROVIDER_RATE_LIMITED = "provider_rate_limited"
    PROVIDER_ANSWER_INVALID = "provider_answer_invalid"
    RENDERING_FAILED = "rendering_failed"
    REVIEW_REJECTED = "review_rejected"
    REVIEW_TIMED_OUT = "review_timed_out"
    STEP_TIMED_OUT = "step_timed_out"
    INTERNAL_ERROR = "internal_error"


class Failure(WireModel):
    """A failure as people read it: `message` says what happened and what can be done about it."""

    code: FailureCode
    message: str
    step: str | None = None


class RejectionReason(StrEnum):
    """Why a message on the request subject never became a report."""

    NOT_JSON = "not_json"
    INVALID = "invalid"
    DELIVERIES_EXHAUSTED = "deliveries_exhausted"
