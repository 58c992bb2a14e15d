#!/bin/sh
# Run once by the postgres image, on an empty data volume: a role that owns the database and may create roles, no more.
set -eu

psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres --set=password="$POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE vitrine LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE vitrine OWNER vitrine;
-- The superuser is reached from inside the container alone.
ALTER ROLE CURRENT_USER PASSWORD NULL;
SQL
