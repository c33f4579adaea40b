output "member" {
  value = google_service_account.this.member
}

output "email" {
  value = google_service_account.this.email
}

output "service" {
  value = google_cloud_run_v2_service.this.name
}

output "url" {
  value = google_cloud_run_v2_service.this.uri
}

output "ingress" {
  value = google_cloud_run_v2_service.this.ingress
}

output "is_open" {
  description = "Whether it is called without an identity."
  value       = google_cloud_run_v2_service.this.invoker_iam_disabled
}

output "max_connections" {
  description = "Instances times pool."
  value       = var.database == null ? 0 : var.size.max * var.database.pool
}

output "authority" {
  description = "What its account holds, for the tests."
  value = {
    roles   = sort(tolist(local.roles))
    secrets = sort(keys(google_secret_manager_secret_iam_member.this))
    topics  = sort(keys(google_pubsub_topic_iam_member.this))
    delays  = length(google_service_account.later) == 1
    later   = sort(keys(google_pubsub_topic_iam_member.later))
  }
}

output "subscriptions" {
  value = { for name, subscription in google_pubsub_subscription.push : name => {
    topic        = subscription.topic
    filter       = subscription.filter
    ack_seconds  = subscription.ack_deadline_seconds
    min_backoff  = subscription.retry_policy[0].minimum_backoff
    max_backoff  = subscription.retry_policy[0].maximum_backoff
    max_attempts = subscription.dead_letter_policy[0].max_delivery_attempts
    unwrapped    = subscription.push_config[0].no_wrapper[0].write_metadata
    signed       = subscription.push_config[0].oidc_token[0].service_account_email != ""
  } }
}
