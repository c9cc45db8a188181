"""What the delivery workflow is given, what it returns, and the activities it calls."""

from abc import ABC, abstractmethod
from enum import StrEnum

from temporalio import activity

from contracts.identifiers import TenantId
from contracts.model import WireModel
from contracts.webhooks import DeliveryState

DELIVER_WEBHOOK_WORKFLOW = "DeliverWebhookWorkflow"
DELIVER_WEBHOOK = "deliver_webhook"
RECORD_DELIVERY = "record_delivery"
DELIVER_NOW_SIGNAL = "deliver_now"


class DeliveryKey(WireModel):
    """Which row a delivery is; URL, secret and body stay there, out of Temporal's history."""

    tenant_id: TenantId
    delivery_id: str


class DeliveryOrder(WireModel):
    """What a run of the workflow is started with; `attempts_before` were made by earlier runs."""

    delivery: DeliveryKey
    attempts_before: int = 0


class Verdict(StrEnum):
    """What one attempt means for the delivery."""

    DELIVERED = "delivered"
    RETRY = "retry"
    STOP = "stop"


class Attempt(WireModel):
    """The result of one HTTP attempt; `error` is for people, `retry_after_seconds` the endpoint's wish."""

    verdict: Verdict
    status_code: int | None = None
    error: str | None = None
    retry_after_seconds: int | None = None


class DeliveryRecord(WireModel):
    """How far a delivery is after an attempt; `attempts` counts all of them, so repeating it is harmless."""

    delivery: DeliveryKey
    state: DeliveryState
    attempts: int
    attempt: Attempt


class DeliveryActivities(ABC):
    """Task queue `webhooks`."""

    @abstractmethod
    @activity.defn(name=DELIVER_WEBHOOK)
    async def deliver_webhook(self, delivery: DeliveryKey) -> Attempt:
        """Make one HTTP attempt; whatever the endpoint does is a result, not an error."""

    @abstractmethod
    @activity.defn(name=RECORD_DELIVERY)
    async def record_delivery(self, record: DeliveryRecord) -> None:
        """Write the delivery's state to its row; a row that is gone was deleted with its endpoint."""
