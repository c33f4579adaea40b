#!/usr/bin/env bash
# Whether the release that should run does, and reaches its database: smoke.sh ORIGIN RELEASE
set -euo pipefail
origin=$1 release=$2
for attempt in $(seq 30); do
  body=$(curl -fsS --max-time 10 "$origin/health?deep=true" || true)
  if [[ $body == *"\"$release\""* ]]; then
    curl -fsS --max-time 10 "$origin/openapi.json" >/dev/null
    [[ $(curl -s -o /dev/null -w '%{http_code}' "$origin/api/brands") == 401 ]]
    echo "release $release answers at $origin"
    exit 0
  fi
  echo "attempt $attempt: ${body:-no answer}" >&2
  sleep 10
done
echo "release $release does not answer at $origin" >&2
exit 1
