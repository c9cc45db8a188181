#!/bin/sh
# Brings Temporal's two databases to the schema of this image's version; running it again changes nothing.
set -eu
: "${SQL_HOST:?}" "${SQL_USER:?}" "${SQL_PASSWORD:?}" "${SQL_PLUGIN:?}"
for part in temporal:temporal temporal_visibility:visibility; do
  database=${part%:*}
  temporal-sql-tool --database "$database" setup-schema -v 0.0
  temporal-sql-tool --database "$database" update-schema \
    -d "/etc/temporal/schema/postgresql/v12/${part#*:}/versioned"
done
