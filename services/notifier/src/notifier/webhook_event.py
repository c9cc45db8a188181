"""From a message on the bus to what endpoints are told."""

import re
from dataclasses import dataclass
from typing import Any

import pydantic_core
from pydantic import ValidationError

from contracts.events import CloudEvent, EventType, ReportRejected
from contracts.failures import RejectionReason
from contracts.webhooks import WEBHOOK_EVENT_TYPES

# What fits in a header: visible ASCII.
_ID = re.compile(r"[!-~]{1,200}")


class UnusableEventError(Exception):
    """The message can never be delivered; `reason` and the message say why."""

    def __init__(self, reason: RejectionReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """An event with the id and the body that every endpoint gets."""

    webhook_id: str
    tenant_id: str
    event_type: EventType
    workflow_id: str
    body: str
    traceparent: str | None = None


def parse_event(payload: bytes) -> WebhookEvent:
    """Read a CloudEvent.

    Raises:
        UnusableEventError: not JSON, not an event that endpoints can ask for, or one that contradicts itself.

    """
    try:
        raw: dict[str, Any] = pydantic_core.from_json(payload)
    except ValueError as error:
        raise UnusableEventError(RejectionReason.NOT_JSON, str(error)) from error
    try:
        event = CloudEvent.model_validate(raw)
    except ValidationError as error:
        raise UnusableEventError(RejectionReason.INVALID, _first_fault(error)) from error
    data = event.data
    if data.type not in WEBHOOK_EVENT_TYPES or isinstance(data, ReportRejected):
        raise UnusableEventError(RejectionReason.INVALID, f"type: {data.type} is not for webhooks")
    if event.type != data.type or event.tenantid != data.tenant_id:
        raise UnusableEventError(RejectionReason.INVALID, "type or tenant differ between envelope and data")
    if not _ID.fullmatch(event.id):
        raise UnusableEventError(RejectionReason.INVALID, "id: not usable as webhook-id")
    return WebhookEvent(
        webhook_id=_webhook_id(event.id),
        tenant_id=event.tenantid,
        event_type=event.type,
        workflow_id=data.workflow_id,
        # What the sender wrote, not what this version understood of it: fields may have been added.
        body=_body(event.type, str(raw["time"]), raw["data"]),
        traceparent=event.traceparent,
    )


def _webhook_id(event_id: str) -> str:
    # Standard Webhooks signs `id.timestamp.body`, so an id must not contain the full stop.
    return event_id.replace(".", ":")


def _body(event_type: EventType, time: str, data: dict[str, Any]) -> str:
    content = {"type": event_type.value, "timestamp": time, "data": data}
    return pydantic_core.to_json(content).decode()


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
