#!/usr/bin/env bash
# Notes a tenant among those that infra/tenants makes datasets for and prints its shard, which is the day of its founding:
# register-tenant.sh TENANT. Needs PROJECT_ID, and gcloud.
set -euo pipefail
tenant=$1
if [[ ! $tenant =~ ^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$ ]]; then
  echo "not the id of a tenant: $tenant" >&2
  exit 1
fi
milliseconds=$((16#${tenant:0:8}${tenant:9:4})) # as a version 7 UUID begins
shard=$(date -u -d "@$((milliseconds / 1000))" +%Y%m%d)
gcloud storage cp - "gs://$PROJECT_ID-state/registered/$shard/$tenant" <<<"$tenant" >&2
echo "$shard"
