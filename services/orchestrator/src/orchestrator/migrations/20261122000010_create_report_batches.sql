-- migrate:up
CREATE TABLE report_batches (
    batch_id     text PRIMARY KEY,
    tenant_id    text NOT NULL,
    name         text,
    requested_by text,
    status       text NOT NULL,
    rows         jsonb NOT NULL,
    total        integer NOT NULL,
    archive      jsonb,
    accepted_at  timestamptz NOT NULL,
    finished_at  timestamptz,
    updated_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX report_batches_by_age ON report_batches (tenant_id, accepted_at DESC, batch_id);

-- migrate:down
DROP TABLE report_batches;
