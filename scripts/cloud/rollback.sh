#!/usr/bin/env bash
# Sends all traffic of every function back to the revision before the newest. Needs PROJECT_ID and REGION, and gcloud.
# Migrations only add, so the schema stays.
set -euo pipefail
for service in $(gcloud run services list --project "$PROJECT_ID" --region "$REGION" --format 'value(metadata.name)'); do
  previous=$(gcloud run revisions list --project "$PROJECT_ID" --region "$REGION" --service "$service" \
    --filter 'status.conditions.type=Ready AND status.conditions.status=True' --sort-by '~metadata.creationTimestamp' \
    --format 'value(metadata.name)' --limit 2 | tail -n +2)
  if [[ -z $previous ]]; then
    echo "$service has no earlier revision; it stays as it is"
    continue
  fi
  gcloud run services update-traffic "$service" --project "$PROJECT_ID" --region "$REGION" --to-revisions "$previous=100" --quiet
  echo "$service is back at $previous"
done
