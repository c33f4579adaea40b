#!/usr/bin/env bash
# Notes a tenant among those that infra/tenants makes datasets for, or takes its note away once it is erased, and prints the
# shard that has to be built: register-tenant.sh TENANT founded|erased. Needs PROJECT_ID, and gcloud.
# A shard is a day of foundings, such as 20261127; what is more than FULL goes into 20261127-2, then -3. Builds that count at
# the same time may put a few more into one, for which a shard has room: infra/tenants takes 200.
set -euo pipefail
FULL=150
tenant=$1 change=$2
if [[ ! $tenant =~ ^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$ ]]; then
  echo "not the id of a tenant: $tenant" >&2
  exit 1
fi
milliseconds=$((16#${tenant:0:8}${tenant:9:4})) # as a version 7 UUID begins
day=$(date -u -d "@$((milliseconds / 1000))" +%Y%m%d)
notes=gs://$PROJECT_ID-state/registered
noted=$(gcloud storage objects list "$notes/$day**" --format 'value(name)') # registered/<shard>/<tenant>, one a line
shard=$(grep -F "/$tenant" <<<"$noted" | cut -d/ -f2 || true)

case $change in
  erased)
    [[ -z $shard ]] || gcloud storage rm "$notes/$shard/$tenant" >&2
    ;;
  founded)
    if [[ -z $shard ]]; then
      shard=$day
      for ((next = 2; $(grep -cF "registered/$shard/" <<<"$noted" || true) >= FULL; next++)); do shard=$day-$next; done
      gcloud storage cp - "$notes/$shard/$tenant" <<<"$tenant" >&2
    fi
    ;;
  *)
    echo "neither founded nor erased: $change" >&2
    exit 1
    ;;
esac
echo "$shard"
