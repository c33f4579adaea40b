#!/usr/bin/env bash
# Sends all traffic of every function back to the newest revision that serves and is not the latest. Needs PROJECT_ID and
# REGION, and gcloud. Migrations only add, so the schema stays; the next release takes the traffic again.
set -euo pipefail
run() { gcloud run "$@" --project "$PROJECT_ID" --region "$REGION"; }
for service in $(run services list --format 'value(metadata.name)'); do
  latest=$(run services describe "$service" --format 'value(status.latestCreatedRevisionName)')
  previous=$(run revisions list --service "$service" --sort-by '~metadata.creationTimestamp' --format 'value(metadata.name)' \
    --filter "status.conditions.type=Ready AND status.conditions.status=True AND metadata.name!=$latest" --limit 1)
  if [[ -z $previous ]]; then
    echo "$service has no earlier revision; it stays as it is"
    continue
  fi
  run services update-traffic "$service" --to-revisions "$previous=100" --quiet
  echo "$service is back at $previous"
done
