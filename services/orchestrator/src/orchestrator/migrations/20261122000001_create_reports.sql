-- migrate:up
CREATE TABLE reports (
    workflow_id   text PRIMARY KEY,
    request_id    text NOT NULL,
    tenant_id     text NOT NULL,
    producer      text NOT NULL,
    status        text NOT NULL,
    prompt        text NOT NULL,
    mode          text NOT NULL,
    revision      integer NOT NULL,
    title         text,
    model         text,
    draft         jsonb,
    pdf           jsonb,
    pages         integer,
    degraded      boolean NOT NULL DEFAULT false,
    input_tokens  bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    cost_usd      numeric(18, 9),
    failure       jsonb,
    accepted_at   timestamptz NOT NULL,
    started_at    timestamptz,
    finished_at   timestamptz,
    updated_at    timestamptz NOT NULL DEFAULT now(),
    search        tsvector GENERATED ALWAYS AS
                      (to_tsvector('simple', coalesce(title, '') || ' ' || prompt)) STORED
);
CREATE INDEX reports_by_age ON reports (tenant_id, accepted_at DESC, workflow_id);
CREATE INDEX reports_by_status ON reports (tenant_id, status, accepted_at DESC);
CREATE INDEX reports_by_words ON reports USING gin (search);

-- migrate:down
DROP TABLE reports;
