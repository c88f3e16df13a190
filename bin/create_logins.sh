#!/bin/sh
# Run once by the postgres image on an empty volume: the database and its three logins (docs/operations.md).
set -eu
psql --username "${POSTGRES_USER:-postgres}" --set ON_ERROR_STOP=1 \
    --set owner="$OWNER_PASSWORD" --set serving="$SERVING_PASSWORD" --set sealer="$SEALER_PASSWORD" <<'SQL'
CREATE ROLE market_owner LOGIN PASSWORD :'owner';
CREATE ROLE market_serving LOGIN PASSWORD :'serving';
CREATE ROLE market_sealer LOGIN PASSWORD :'sealer';
CREATE DATABASE marketplace OWNER market_owner;
REVOKE ALL ON DATABASE marketplace FROM PUBLIC;
GRANT CONNECT ON DATABASE marketplace TO market_owner, market_serving, market_sealer;
SQL
