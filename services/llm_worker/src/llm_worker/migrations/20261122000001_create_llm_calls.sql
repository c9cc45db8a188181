-- migrate:up
CREATE TABLE llm_calls (
    call_id         uuid PRIMARY KEY,
    workflow_id     text NOT NULL,
    tenant_id       text NOT NULL,
    revision        integer NOT NULL,
    attempt         integer NOT NULL,
    api             text NOT NULL CHECK (api IN ('responses', 'chat_completions')),
    provider        text NOT NULL,
    model           text NOT NULL,
    idempotency_key text NOT NULL,
    response_id     text,
    reattachments   integer NOT NULL DEFAULT 0,
    started_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    input_tokens    bigint NOT NULL DEFAULT 0,
    output_tokens   bigint NOT NULL DEFAULT 0,
    estimated       boolean NOT NULL DEFAULT false,
    cost_usd        numeric,
    outcome         text CHECK (outcome IN (
                        'answered', 'unusable', 'rate_limited', 'rejected', 'unavailable', 'cut',
                        'cancelled', 'handed_over', 'abandoned', 'expired')),
    CHECK ((outcome IS NULL) = (finished_at IS NULL))
);
CREATE INDEX llm_calls_by_report ON llm_calls (workflow_id, revision);
CREATE INDEX llm_calls_by_age ON llm_calls (tenant_id, started_at DESC);
CREATE INDEX llm_calls_open ON llm_calls (started_at) WHERE outcome IS NULL;

CREATE TABLE llm_pauses (
    provider text NOT NULL,
    model    text NOT NULL,
    until    timestamptz NOT NULL,
    PRIMARY KEY (provider, model)
);

-- migrate:down
DROP TABLE llm_pauses;
DROP TABLE llm_calls;
