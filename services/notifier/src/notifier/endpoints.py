"""The webhook endpoints of each tenant."""

import base64
import secrets

import asyncpg

from contracts.events import EventType
from contracts.webhooks import Endpoint, RegisteredEndpoint, RegisterEndpoint

SECRET_BYTES = 32

# The secret is in the answer to the insert, and in no other.
_INSERT = """
    INSERT INTO webhook_endpoints (tenant_id, endpoint_id, url, event_types, description, secret)
    VALUES ($1, $2, $3, $4, $5, $6)
    RETURNING tenant_id, endpoint_id, url, event_types, description, created_at, secret
"""
_OF_TENANT = """
    SELECT tenant_id, endpoint_id, url, event_types, description, created_at
    FROM webhook_endpoints WHERE tenant_id = $1 ORDER BY created_at, endpoint_id
"""
_EXISTS = "SELECT true FROM webhook_endpoints WHERE tenant_id = $1 AND endpoint_id = $2"
_DELETE = "DELETE FROM webhook_endpoints WHERE tenant_id = $1 AND endpoint_id = $2 RETURNING true"
_SUBSCRIBED = "SELECT endpoint_id FROM webhook_endpoints WHERE tenant_id = $1 AND $2 = ANY (event_types)"


class Endpoints:
    """Table `webhook_endpoints`."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def register(self, wanted: RegisterEndpoint) -> RegisteredEndpoint:
        """Add an endpoint with a new secret, which is never shown again."""
        row = await self._pool.fetchrow(
            _INSERT,
            wanted.tenant_id,
            f"ep_{secrets.token_hex(10)}",
            wanted.url,
            list(dict.fromkeys(wanted.event_types)),
            wanted.description,
            f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}",
        )
        return RegisteredEndpoint.model_validate(dict(row or {}))

    async def of_tenant(self, tenant_id: str) -> list[Endpoint]:
        """Give a tenant's endpoints, oldest first."""
        rows = await self._pool.fetch(_OF_TENANT, tenant_id)
        return [Endpoint.model_validate(dict(row)) for row in rows]

    async def exists(self, tenant_id: str, endpoint_id: str) -> bool:
        """Tell whether a tenant has an endpoint."""
        found = await self._pool.fetchval(_EXISTS, tenant_id, endpoint_id)
        return bool(found)

    async def delete(self, tenant_id: str, endpoint_id: str) -> bool:
        """Forget an endpoint and its deliveries; False when there is none."""
        deleted = await self._pool.fetchval(_DELETE, tenant_id, endpoint_id)
        return bool(deleted)

    async def subscribed(self, tenant_id: str, event_type: EventType) -> list[str]:
        """Give the ids of a tenant's endpoints that want an event type."""
        rows = await self._pool.fetch(_SUBSCRIBED, tenant_id, event_type)
        return [row["endpoint_id"] for row in rows]
