-- migrate:up
CREATE INDEX reports_open ON reports (status, accepted_at) WHERE status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED');

-- migrate:down
DROP INDEX reports_open;
