-- migrate:up
CREATE TABLE webhook_endpoints (
    tenant_id   text        NOT NULL,
    endpoint_id text        NOT NULL,
    url         text        NOT NULL,
    event_types text[]      NOT NULL,
    description text        NOT NULL,
    -- Needed in the clear to sign; shown to nobody after registration.
    secret      text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, endpoint_id)
);

CREATE TABLE webhook_deliveries (
    tenant_id        text        NOT NULL,
    delivery_id      text        NOT NULL,
    endpoint_id      text        NOT NULL,
    webhook_id       text        NOT NULL,
    event_type       text        NOT NULL,
    workflow_id      text        NOT NULL,
    -- Signed byte for byte: text, because jsonb does not keep bytes.
    body             text        NOT NULL,
    state            text        NOT NULL DEFAULT 'pending',
    -- Each replay is a run of its own; attempts count over all runs.
    run              integer     NOT NULL DEFAULT 0,
    attempts         integer     NOT NULL DEFAULT 0,
    last_status_code integer,
    last_error       text,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, delivery_id),
    FOREIGN KEY (tenant_id, endpoint_id)
        REFERENCES webhook_endpoints (tenant_id, endpoint_id) ON DELETE CASCADE
);

CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (tenant_id, endpoint_id, created_at DESC);

-- migrate:down
DROP TABLE webhook_deliveries;
DROP TABLE webhook_endpoints;
