-- migrate:up
-- The operations page counts what came and ended in the last minutes, over all tenants.
CREATE INDEX reports_by_acceptance ON reports (accepted_at);
CREATE INDEX reports_by_ending ON reports (finished_at) WHERE finished_at IS NOT NULL;

-- migrate:down
DROP INDEX reports_by_acceptance;
DROP INDEX reports_by_ending;
