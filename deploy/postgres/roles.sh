#!/bin/bash
# Runs once, when the database is new: one role and one schema for each service, which no other service can read.
set -euo pipefail

psql() { command psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" "$@"; }

psql --command "revoke all on database $POSTGRES_DB from public; revoke all on schema public from public;"
for service in gateway uploader scheduler processor exporter; do
    psql --set password="$DAILIES_DATABASE_PASSWORD" <<SQL
create role $service login nosuperuser nocreatedb nocreaterole password :'password';
alter role $service set search_path = $service;
grant connect on database $POSTGRES_DB to $service;
create schema $service authorization $service;
SQL
done
