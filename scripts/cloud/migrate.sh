#!/usr/bin/env bash
# Migrates the environment's database through the Cloud SQL connector. Arguments go on to npm run migrate.
# Needs PROJECT_ID, REGION, ADMIN_PASSWORD; runs where the database's network is reached.
set -euo pipefail
version=v2.18.2
proxy=/tmp/cloud-sql-proxy
curl -fsSo "$proxy" "https://storage.googleapis.com/cloud-sql-connectors/cloud-sql-proxy/$version/cloud-sql-proxy.linux.amd64"
chmod +x "$proxy"
"$proxy" --private-ip --quiet --port 5432 "$PROJECT_ID:$REGION:pulsepoint" &
running=$!
trap 'kill "$running"' EXIT
for _ in $(seq 30); do
  (echo >/dev/tcp/127.0.0.1/5432) 2>/dev/null && break
  sleep 1
done
password=$(node -p 'encodeURIComponent(process.env.ADMIN_PASSWORD)')
DATABASE_ADMIN_URL="postgres://postgres:$password@127.0.0.1:5432/pulsepoint" npm run migrate -- "$@"
