"""What the ledger asks of PostgreSQL; only `llm_worker.ledger` does."""

_OF_REVISION = "workflow_id = $1 AND tenant_id = $2 AND revision = $3"

PAUSE_LEFT = "SELECT until - now() FROM llm_pauses WHERE provider = $1 AND model = $2 AND until > now()"
PAUSE = """
INSERT INTO llm_pauses (provider, model, until) VALUES ($1, $2, now() + $3::interval)
ON CONFLICT (provider, model) DO UPDATE SET until = greatest(llm_pauses.until, excluded.until)
"""
# A call that died before its response was known may have reached the provider: the next one repeats its key.
CALLS_OF_KNOWN_FATE = f"""
SELECT count(*) FROM llm_calls WHERE {_OF_REVISION}
AND (response_id IS NOT NULL OR outcome NOT IN ('abandoned', 'cut'))
"""  # noqa: S608 - a constant of this module
BEGIN = """
INSERT INTO llm_calls
    (call_id, workflow_id, tenant_id, revision, attempt, api, provider, model, idempotency_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (call_id) DO NOTHING
"""
NOTE_RESPONSE = "UPDATE llm_calls SET response_id = $2 WHERE call_id = $1"
NOTE_REATTACHMENT = "UPDATE llm_calls SET reattachments = reattachments + 1 WHERE call_id = $1"
SETTLE = """
UPDATE llm_calls SET
    finished_at = now(), outcome = $2, input_tokens = $3, output_tokens = $4, estimated = $5, cost_usd = $6,
    response_id = coalesce($7, response_id), model = coalesce($8, model)
WHERE call_id = $1 AND (outcome IS NULL OR outcome = $9)
"""
UNSETTLED = f"""
SELECT call_id, api, provider, model, idempotency_key, response_id FROM llm_calls
WHERE {_OF_REVISION} AND outcome IS NULL ORDER BY started_at DESC
"""  # noqa: S608 - a constant of this module
UNUSABLE = f"SELECT count(*) FROM llm_calls WHERE {_OF_REVISION} AND outcome = $4"  # noqa: S608 - a constant of this module
# All of them: those of paused reports stay open, and must not hide others.
OPEN_SINCE = """
SELECT workflow_id, call_id, api, provider, model, idempotency_key, response_id FROM llm_calls
WHERE outcome IS NULL AND provider = $1 AND started_at < now() - $2::interval ORDER BY started_at
"""
TOTAL = f"""
SELECT coalesce(sum(input_tokens), 0)::bigint AS input_tokens,
       coalesce(sum(output_tokens), 0)::bigint AS output_tokens,
       CASE WHEN count(*) = count(cost_usd) THEN coalesce(sum(cost_usd), 0) END AS cost_usd,
       coalesce(bool_or(estimated), false) AS estimated
FROM llm_calls WHERE {_OF_REVISION} AND outcome IS NOT NULL
"""  # noqa: S608 - a constant of this module
