"""What happens to a message that can never become a report: dead letter first, then the event."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from nats.aio.msg import Msg
from pydantic import ValidationError

from contracts import subjects
from contracts.dead_letters import DeadLetter
from contracts.events import Occurrence, ReportRejected, envelope
from contracts.failures import RejectionReason
from contracts.identifiers import DEFAULT_TENANT
from orchestrator.announcements import EVENT_SOURCE
from runtime.bus import Bus

REQUEST_ID_SHOWN_CHARACTERS = 100

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why, in a code for machines and a sentence for people."""

    reason: RejectionReason
    detail: str


def rejection_of(error: ValidationError) -> Rejection:
    """Explain a request that does not have the right form: each field and what is wrong with it."""
    problems = error.errors(include_url=False, include_input=False)
    if any(problem["type"] == "json_invalid" for problem in problems):
        return Rejection(RejectionReason.NOT_JSON, 'Send a JSON object such as {"prompt": "…"}.')
    parts = [
        f"{'.'.join(str(place) for place in problem['loc']) or 'message'}: {problem['msg']}"
        for problem in problems
    ]
    return Rejection(RejectionReason.INVALID, "; ".join(parts))


class Rejections:
    """Puts messages on the dead-letter stream and says so on the event stream."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def exhausted(self, message: Msg, error: Exception) -> Rejection:
        """Explain a message whose handling failed on every delivery."""
        return Rejection(
            RejectionReason.DELIVERIES_EXHAUSTED,
            f"Handling failed {message.metadata.num_delivered} times, the last time with "
            f"{type(error).__name__}.",
        )

    async def reject(self, message: Msg, rejection: Rejection) -> None:
        """Keep the original with its reason, then announce; both are the same on every attempt.

        Raises:
            BusUnavailableError: not confirmed; the message must be delivered again.

        """
        place = message.metadata
        identity = f"{place.stream}.{place.sequence.stream}"
        letter = DeadLetter(
            subject=message.subject,
            stream=place.stream,
            stream_sequence=place.sequence.stream,
            deliveries=place.num_delivered,
            reason=rejection.reason,
            detail=rejection.detail,
            headers=message.headers or {},
            payload_base64=base64.b64encode(message.data).decode(),
            failed_at=datetime.now(UTC),
        )
        await self._bus.publish(
            subjects.dead_request(message.subject), letter, message_id=f"dead-letter.{identity}"
        )
        await self._announce(message, rejection, identity)
        log.warning("intake.rejected", subject=message.subject, reason=rejection.reason)

    async def _announce(self, message: Msg, rejection: Rejection, identity: str) -> None:
        request_id, tenant_id = _claimed_identity(message.data)
        rejected = ReportRejected(
            producer=subjects.producer_of(message.subject),
            request_id=request_id,
            tenant_id=tenant_id,
            reason=rejection.reason,
            detail=rejection.detail,
            stream_sequence=message.metadata.sequence.stream,
        )
        occurrence = Occurrence(
            event_id=f"{identity}.rejected",
            source=EVENT_SOURCE,
            occurred_at=message.metadata.timestamp,
        )
        await self._bus.publish(
            subjects.event(rejected.type), envelope(rejected, occurrence), message_id=occurrence.event_id
        )


def _claimed_identity(payload: bytes) -> tuple[str | None, str]:
    # The sender looks for its own id, even where the rest of the message, or the id itself, is no good.
    try:
        claimed = json.loads(payload)
    # Brackets in brackets without end are not reported as broken JSON.
    except (ValueError, RecursionError):
        return None, DEFAULT_TENANT
    request_id = claimed.get("request_id") if isinstance(claimed, dict) else None
    if not isinstance(request_id, str):
        return None, DEFAULT_TENANT
    shown = request_id[:REQUEST_ID_SHOWN_CHARACTERS]
    # Half of a surrogate pair can be written in JSON's escapes, and not in UTF-8.
    return shown.encode(errors="replace").decode(), DEFAULT_TENANT
