"""Lines of the ledger as the llm_worker writes them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import asyncpg

INSERT = """
INSERT INTO llm_calls (call_id, workflow_id, tenant_id, revision, attempt, api, provider, model,
    idempotency_key, started_at, finished_at, input_tokens, output_tokens, estimated, cost_usd, outcome)
VALUES ($1, $2, $3, 1, $4, 'responses', 'api.example.org', $5, $1::text, $6, $7, $8, $9, $10, $11, $12)
"""


async def add_call(
    pool: asyncpg.Pool,
    workflow_id: str,
    *,
    at: datetime | None = None,
    outcome: str | None = "answered",
    cost: str | None = "0.01",
    model: str = "simulated-1",
    tenant_id: str = "default",
    estimated: bool = False,
    attempt: int = 1,
) -> None:
    """Write a call of 100 tokens in and 50 out that took two seconds."""
    begun = at or datetime.now(UTC)
    call_id = uuid4()
    await pool.execute(
        INSERT.replace("$1::text", f"'{call_id}'"),
        call_id,
        workflow_id,
        tenant_id,
        attempt,
        model,
        begun,
        begun + timedelta(seconds=2) if outcome else None,
        100,
        50,
        estimated,
        None if cost is None else Decimal(cost),
        outcome,
    )
