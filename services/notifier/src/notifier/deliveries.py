"""The deliveries: one row for each event and endpoint, whatever happens to it."""

import hashlib
from dataclasses import dataclass

import asyncpg

from contracts.webhooks import Delivery
from notifier.channels.standard_webhooks import WebhookMessage
from notifier.webhook_event import WebhookEvent
from notifier.workflows.interface import DeliveryKey, DeliveryRecord

# Says whether the endpoint is still there; the row is added unless it was before.
_OPEN = """
    WITH endpoint AS (
        SELECT tenant_id, endpoint_id FROM webhook_endpoints
        WHERE tenant_id = $1 AND endpoint_id = $3 FOR KEY SHARE
    ), added AS (
        INSERT INTO webhook_deliveries
            (tenant_id, delivery_id, endpoint_id, webhook_id, event_type, workflow_id, body)
        SELECT tenant_id, $2, endpoint_id, $4, $5, $6, $7 FROM endpoint
        ON CONFLICT DO NOTHING
    )
    SELECT true FROM endpoint
"""
_MESSAGE = """
    SELECT webhook_id, body, url, secret, attempts = 0 AS is_first
    FROM webhook_deliveries JOIN webhook_endpoints USING (tenant_id, endpoint_id)
    WHERE tenant_id = $1 AND delivery_id = $2
"""
_RECORD = """
    UPDATE webhook_deliveries
    SET state = $3, attempts = $4, last_status_code = $5, last_error = $6, updated_at = now()
    WHERE tenant_id = $1 AND delivery_id = $2 AND attempts <= $4
"""
_NEWEST = """
    SELECT delivery_id, webhook_id, endpoint_id, event_type, workflow_id, state, attempts,
        last_status_code, last_error, created_at, updated_at
    FROM webhook_deliveries WHERE tenant_id = $1 AND endpoint_id = $2
    ORDER BY created_at DESC, delivery_id LIMIT $3
"""
_REOPEN = """
    UPDATE webhook_deliveries
    SET run = run + (state <> 'pending')::int, state = 'pending', updated_at = now()
    WHERE tenant_id = $1 AND delivery_id = $2
    RETURNING delivery_id, webhook_id, endpoint_id, event_type, workflow_id, state, attempts,
        last_status_code, last_error, created_at, updated_at, run
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Which run of a delivery is the present one: 0 is the first, each replay the next."""

    delivery: DeliveryKey
    number: int
    attempts_before: int


def delivery_key(event: WebhookEvent, endpoint_id: str) -> DeliveryKey:
    """Give the key of an event's delivery to an endpoint: the same whenever the event comes again."""
    digest = hashlib.sha256(f"{event.tenant_id}\n{event.webhook_id}".encode()).hexdigest()[:24]
    return DeliveryKey(tenant_id=event.tenant_id, delivery_id=f"{digest}-{endpoint_id}")


class Deliveries:
    """Table `webhook_deliveries`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def open(self, event: WebhookEvent, endpoint_id: str) -> DeliveryKey | None:
        """Add the row of a delivery if it is not there yet; None when the endpoint was just deleted."""
        key = delivery_key(event, endpoint_id)
        kept = await self._pool.fetchval(
            _OPEN,
            key.tenant_id,
            key.delivery_id,
            endpoint_id,
            event.webhook_id,
            event.event_type,
            event.workflow_id,
            event.body,
        )
        return key if kept else None

    async def message(self, key: DeliveryKey) -> WebhookMessage | None:
        """Give what is to be sent and where; None when the endpoint was deleted."""
        row = await self._pool.fetchrow(_MESSAGE, key.tenant_id, key.delivery_id)
        return WebhookMessage(**dict(row)) if row else None

    async def record(self, record: DeliveryRecord) -> None:
        """Write how far a delivery is; a late repeat of an earlier record changes nothing."""
        await self._pool.execute(
            _RECORD,
            record.delivery.tenant_id,
            record.delivery.delivery_id,
            record.state,
            record.attempts,
            record.attempt.status_code,
            record.attempt.error,
        )

    async def newest(self, tenant_id: str, endpoint_id: str, limit: int) -> list[Delivery]:
        """Give an endpoint's deliveries, newest first."""
        rows = await self._pool.fetch(_NEWEST, tenant_id, endpoint_id, limit)
        return [Delivery.model_validate(dict(row)) for row in rows]

    async def reopen(self, key: DeliveryKey) -> tuple[Delivery, Run] | None:
        """Begin the next run of a delivery that has ended; one still under way keeps its run."""
        row = await self._pool.fetchrow(_REOPEN, key.tenant_id, key.delivery_id)
        if row is None:
            return None
        return Delivery.model_validate(dict(row)), Run(key, row["run"], row["attempts"])
