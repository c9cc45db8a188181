#!/bin/sh
# One dump of each database, named by the time; the newest KEEP (14) of each stay. See deploy/README.md for restoring.
set -eu
folder=${BACKUP_FOLDER:-/backups}
now=$(date -u +%Y%m%dT%H%M%SZ)
for database in reports temporal temporal_visibility; do
  pg_dump --format=custom --dbname "$database" --file "$folder/.$database-$now.part"
  pg_restore --list "$folder/.$database-$now.part" >/dev/null
  mv "$folder/.$database-$now.part" "$folder/$database-$now.dump"
  find "$folder" -name "$database-*.dump" | sort -r | tail -n +"$((${KEEP:-14} + 1))" | xargs -r rm --
done
ls -l "$folder"
