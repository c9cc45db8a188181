-- migrate:up
ALTER TABLE reports
    ADD COLUMN paused       boolean NOT NULL DEFAULT false,
    ADD COLUMN requested_by text,
    ADD COLUMN batch_id     text,
    ADD COLUMN schedule_id  text,
    ADD COLUMN repeats      text;
CREATE INDEX reports_by_batch ON reports (tenant_id, batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX reports_by_schedule ON reports (tenant_id, schedule_id, accepted_at DESC) WHERE schedule_id IS NOT NULL;
CREATE INDEX reports_by_requester ON reports (tenant_id, requested_by, accepted_at DESC) WHERE requested_by IS NOT NULL;

-- migrate:down
ALTER TABLE reports
    DROP COLUMN paused, DROP COLUMN requested_by, DROP COLUMN batch_id, DROP COLUMN schedule_id, DROP COLUMN repeats;
