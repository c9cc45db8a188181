#!/bin/bash
# The first start's databases, each with an owner that can reach no other: `reports`, and Temporal's two.
set -euo pipefail
psql --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  --set reports_password="$REPORTS_PASSWORD" --set temporal_password="$TEMPORAL_PASSWORD" <<'SQL'
CREATE ROLE reports LOGIN PASSWORD :'reports_password';
CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE reports OWNER reports;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE reports, temporal, temporal_visibility FROM PUBLIC;
GRANT pg_monitor TO reports;
SQL
